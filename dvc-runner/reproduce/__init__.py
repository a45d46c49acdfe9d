"""What `dvc repro` does otherwise here."""
