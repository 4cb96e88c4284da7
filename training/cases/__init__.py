"""A project: a folder of cases with versioned, reviewed labels; imports no torch and no Qt."""
