"""RENDERING → RENDERED: looks at accepted jobs, with as few requests as will do."""
