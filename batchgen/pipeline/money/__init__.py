"""What jobs cost, will cost and may cost."""
