SCRIPT = {}
