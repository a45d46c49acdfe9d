"""What is told to the program that started DVC."""
