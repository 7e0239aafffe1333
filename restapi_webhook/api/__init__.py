"""What a call asks for and what it is answered, without the question who calls."""
