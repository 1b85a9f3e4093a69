"""PLANNED → SENDING → RENDERING: the stage that spends money."""
