"""The shapes of a node's answers, a page a subject: dicts whose fields and types were checked."""
