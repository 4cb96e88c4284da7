"""The errors that a user may see, one tree; every message says what happened and what to do."""


class MaskwrightError(Exception):
    """Base of all expected failures; ``str(error)`` is a sentence for the user."""


class WrongCallError(MaskwrightError):
    """A command's words are unknown or do not fit together; nothing was begun."""


class UnreadableFileError(MaskwrightError):
    """A file cannot be decoded as what it claims to be."""


class UnreadableSeriesError(UnreadableFileError):
    """A DICOM series exists but is not a volume that can be segmented."""


class UnnamedSeriesError(UnreadableSeriesError):
    """A CT has no DICOM images with identifiers, so no DICOM object can refer to it."""


class SeriesChoiceError(MaskwrightError):
    """A folder holds several CT series and none was named."""


class GeometryMismatchError(MaskwrightError):
    """Two images that must share a voxel grid do not."""


class WriteError(MaskwrightError):
    """A file could not be written, or did not read back as what was written."""


class ModelError(MaskwrightError):
    """A model package is missing, incomplete or not what its manifest says."""


class UntrustedModelError(ModelError):
    """A model brings code of its own; the user has not said that it may run.

    Attributes:
        what: the code that is not known, in words.
        sha256: of the files that would be trusted.
        code: the text of the files that hold code, to read before trusting.
    """

    def __init__(self, sentence: str, what: str, sha256: str, code: str) -> None:
        super().__init__(sentence)
        self.what = what
        self.sha256 = sha256
        self.code = code


class DownloadError(MaskwrightError):
    """A file could not be downloaded, or what came is not that file."""


class UnreachableError(DownloadError):
    """The network, the proxy or the server does not give the file out."""


class EngineError(MaskwrightError):
    """A network could not be run."""


class GraphicsError(MaskwrightError):
    """This computer can draw no picture: OpenGL is missing."""


class ClickFileError(MaskwrightError):
    """A clicks file does not have the documented form."""


class ProjectError(MaskwrightError):
    """A project folder cannot be opened, read or written."""


class ReadOnlyProjectError(ProjectError):
    """A project was opened for reading only; the sentence says why."""


class CaseError(MaskwrightError):
    """A case does not exist, exists already, or does not allow what was asked of it."""


class JobError(MaskwrightError):
    """A job does not exist, does not allow what was asked of it, or cannot be done."""


class EditError(MaskwrightError):
    """A tool cannot do what was asked with this mask."""


class CancelledError(MaskwrightError):
    """The user cancelled the work; nothing was changed."""
