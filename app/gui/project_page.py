"""What the window shows while a project is open and no case is: add cases, or go on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.gui.actions import Actions
from viewer.widgets.translation import tr, translatable

_WIDTH_PX = 520
_EMPTY = translatable(
    "Drop a folder here. Every CT series in it becomes a case: DICOM, NIfTI, NRRD or MHA."
)
_FILLED = translatable("Choose a case in the list, or go on with the next one that is not done.")


class ProjectPage(QWidget):
    """The project's name, how far it is, and the next thing to do as a large button."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("startPage")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = QLabel()
        self._name.setObjectName("startTitle")
        self._state = QLabel()
        self._state.setObjectName("startSubtitle")
        self._zone = QFrame()
        self._zone.setObjectName("dropZone")
        self._hint = QLabel()
        self._hint.setObjectName("muted")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._add = _button(actions, "add_folder")
        self._next = _button(actions, "next_undone")
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(self._next)
        buttons.addWidget(self._add)
        buttons.addStretch(1)
        zone = QVBoxLayout(self._zone)
        zone.setContentsMargins(24, 24, 24, 24)
        zone.setSpacing(16)
        zone.addWidget(self._hint)
        zone.addLayout(buttons)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addStretch(3)
        column.addWidget(self._name)
        column.addWidget(self._state)
        column.addSpacing(20)
        column.addWidget(self._zone)
        column.addStretch(4)
        holder = QWidget()
        holder.setMaximumWidth(_WIDTH_PX)
        holder.setLayout(column)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 20, 20, 16)
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)

    def show_opening(self, name: str) -> None:
        """A project whose cases are still being listed."""
        self._name.setText(name)
        self._state.clear()
        self._hint.setText(tr("Listing the cases …"))
        self._next.hide()

    def show_project(self, name: str, case_count: int, undone_count: int, activity: str) -> None:
        """Describe a project; ``activity`` is what is being done right now, or empty."""
        self._name.setText(name)
        if not case_count:
            self._state.setText(tr("An empty project"))
        elif undone_count:
            self._state.setText(
                tr(
                    "{cases}, {count} to do",
                    cases=_cases(case_count),
                    count=undone_count,
                )
            )
        else:
            self._state.setText(tr("{cases}, all done", cases=_cases(case_count)))
        hint = tr(_FILLED if undone_count else _EMPTY)
        self._hint.setText(f"{activity} …" if activity else hint)
        self._next.setVisible(bool(undone_count))
        first, second = (self._next, self._add) if undone_count else (self._add, self._next)
        for button, name_ in ((first, "primary"), (second, "")):
            button.setObjectName(name_)
            button.style().unpolish(button)
            button.style().polish(button)

    def set_hot(self, is_hot: bool) -> None:
        """Light up while a folder is dragged over the window."""
        self._zone.setProperty("hot", is_hot)
        self._zone.style().unpolish(self._zone)
        self._zone.style().polish(self._zone)


def _button(actions: Actions, key: str) -> QPushButton:
    action = actions[key]
    button = QPushButton(action.icon(), action.text())
    button.setToolTip(action.toolTip())
    button.setMinimumHeight(34)
    button.setMinimumWidth(190)
    button.setEnabled(action.isEnabled())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button


def _cases(count: int) -> str:
    return tr("1 case") if count == 1 else tr("{count} cases", count=count)
