"""Songs of anyone: from a sound file to genres with the shipped networks, and no backend.

Networks are exported once from run folders to ONNX; ONNX Runtime answers in a fraction of the time
that TensorFlow takes to be imported.

Book: Model cards.
"""
