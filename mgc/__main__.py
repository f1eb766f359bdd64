"""``python -m mgc`` is the command line where no script was installed."""

from mgc.cli import main

main(prog_name="mgc")
