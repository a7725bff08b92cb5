"""What is true: plain Python, no input or output, no third party. No class here can hold a token."""
