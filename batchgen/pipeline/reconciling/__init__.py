"""UNSURE → RENDERING or PLANNED: what may have been accepted is looked for before anything is sent again."""
