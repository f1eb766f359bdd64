"""Networks, one architecture a file, behind one registry (`mgc.models.registry`)."""
