"""Sessions with avatars: one held from its opening to its end, its pictures and sound, and their recording."""
