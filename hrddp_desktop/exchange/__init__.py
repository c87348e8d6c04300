"""What leaves and enters the machine: the canonical answers file, and the same file read back from a PDF."""
