"""The window: panels, dialogs and actions, in Qt."""
