"""What is asked: questionnaires as files, checked and read into frozen objects."""
