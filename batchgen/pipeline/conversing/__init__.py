"""Sessions: opened, held and closed within one stage."""
