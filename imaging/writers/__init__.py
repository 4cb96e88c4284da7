"""Label maps and volumes to disk; every writer reads its file back and compares."""
