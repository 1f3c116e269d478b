"""What a municipality measures itself, in files of its own beside Kolada's figures."""
