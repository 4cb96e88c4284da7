from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget

import resources
from app.controllers.export_controller import report_text
from app.gui.action_spec import shortcut_text
from app.gui.actions import ACTIONS
from app.gui.language import language_to_speak, speak
from app.gui.sentence_patterns import SentencePatterns
from app.gui.window_fields import NumberField
from app.model_zoo import ZOO
from training.cases.export_records import ExportReport
from viewer.widgets.translation import tr, tr_count, tr_number, tr_sentence

pytestmark = pytest.mark.gui


@pytest.fixture
def german(application):
    before = QLocale()
    speak("de", application)
    yield
    for translator in application.findChildren(QTranslator):
        application.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(before)


@pytest.fixture
def patterns():
    return SentencePatterns.read(resources.path("translations/maskwright_de.ts"))


@pytest.mark.parametrize(
    ("wanted", "system", "spoken"),
    [
        ("system", "de_AT", "de"),
        ("system", "fr_FR", "en"),
        ("en", "de_DE", "en"),
        ("de", "en_US", "de"),
    ],
)
def test_the_window_speaks_what_was_chosen_else_the_computers_language(wanted, system, spoken):
    assert language_to_speak(wanted, QLocale(system)) == spoken


def shown_texts(window):
    for kind in (QLabel, QAbstractButton, QAction):
        for one in window.findChildren(kind):
            yield one.text()
    for box in window.findChildren(QComboBox):
        yield from (box.itemText(row) for row in range(box.count()))
    for widget in window.findChildren(QWidget):
        yield from (widget.toolTip(), widget.accessibleName(), widget.windowTitle())


@pytest.mark.usefixtures("german")
def test_a_german_window_says_nothing_in_english(desk):
    desk.open_case()
    translator = QTranslator()
    assert translator.load(str(resources.path("translations/maskwright_de.qm")))

    english = {
        text
        for text in shown_texts(desk.window)
        if (found := translator.translate("Window", text)) and found != text
    }
    # Words that are a German text too.
    assert english <= {"Name", "Status", "System", "Version"}
    assert "Milz" in set(shown_texts(desk.window))


@pytest.mark.usefixtures("german")
def test_keys_trigger_the_same_actions_in_any_language(desk):
    for spec in ACTIONS:
        expected = [
            QKeySequence(keys, QKeySequence.SequenceFormat.PortableText) for keys in spec.shortcuts
        ]
        assert desk.actions[spec.key].shortcuts() == expected, spec.key


@pytest.mark.usefixtures("german")
def test_keys_are_called_as_on_a_german_keyboard(desk):
    spec = next(spec for spec in desk.actions.specs if spec.key == "save")
    assert shortcut_text(spec) == "Strg+S"


@pytest.mark.usefixtures("german")
def test_an_action_is_found_by_its_german_name(desk):
    palette = desk.logic.help.find_action()
    palette._search.setText("maske speich")
    assert palette.names[0] == "Maske speichern"
    palette.close()


@pytest.mark.usefixtures("german")
def test_undo_names_its_step_in_german(desk):
    desk.actions.name_step("undo", "brush on spleen, slice 41")
    assert desk.actions["undo"].text() == "Rückgängig: Pinsel auf Milz, Schicht 41"


@pytest.mark.usefixtures("german")
def test_an_error_of_another_layer_is_said_in_german(desk):
    desk.window.banner.show_error("There is no file or folder /ct/liver. Check the path.")
    assert desk.window.banner.text.startswith("/ct/liver gibt es nicht")


@pytest.mark.usefixtures("german")
def test_numbers_are_written_and_read_with_the_same_decimal_mark(qtbot):
    assert tr_number(1.5, ".1f") == "1,5"
    assert tr("{value:.2f} after {clicks}", value=0.5, clicks=3) == "0,50 nach 3"
    assert QLocale().toDouble("1,5") == (1.5, True)
    assert QLocale().toDouble("1.500")[1] is False
    field = NumberField("Fensterbreite", 1, 8000)
    qtbot.addWidget(field)
    field.show_value(400)
    assert field.text() == "400"


def test_english_stays_english_with_points(application):
    speak("en", application)
    assert tr("Undo") == "Undo"
    assert tr_number(1.5, ".1f") == "1.5"
    assert tr_count("{count} step", "{count} steps", 1) == "1 step"
    assert tr_count("{count} step", "{count} steps", 0) == "0 steps"
    assert tr_sentence("spleen") == "spleen"


def test_the_chosen_language_is_kept_for_the_next_start(desk):
    desk.actions["language_de"].trigger()

    assert desk.workbench.settings.settings.language == "de"
    assert "next start" in desk.window.banner.text
    assert desk.actions["language_de"].isChecked()


def test_a_sentence_is_known_by_its_pattern_and_keeps_what_fills_it(patterns):
    said = patterns.translate(
        'The CT of "liver" is not at /data/ct 1.5.nii any more. Connect the disk that holds it, '
        "or show where it is now (relink). Its labels are safe."
    )
    assert said.startswith("Das CT von „liver“ liegt nicht mehr bei /data/ct 1.5.nii.")


def test_names_of_structures_in_a_sentence_are_translated(patterns):
    said = patterns.translate(
        "The model cannot find the pancreas on its own, only: spleen, left kidney. Use clicks."
    )
    assert "„Pankreas“" in said
    assert "nur: Milz, linke Niere." in said


@pytest.mark.usefixtures("german")
def test_measures_in_a_sentence_get_the_decimal_comma():
    said = tr_sentence(
        "Slices lie up to 1.5 mm away from an even spacing of 2.0 mm; masks and lengths are wrong "
        "by as much."
    )
    assert "bis zu 1,5 mm" in said


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("sentence", "measures"),
    [
        (
            "its voxel size is 0.7 x 0.7 x 2.5 mm; write it again from the original CT",
            "0,7 x 0,7 x 2,5 mm",
        ),
        ("Spleen: 2 islands apart from its largest part (0.4 mL in all).", "(0,4 mL insgesamt)"),
        ("From -10.5 to 3.5 HU is no range: the first is the larger one.", "-10,5 bis 3,5 HU"),
    ],
)
def test_numbers_of_a_list_and_of_a_range_get_it_too(sentence, measures):
    assert measures in tr_sentence(sentence)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("Making version 2.0 ready", "Version 2.0"),
        ("There is no model deep 2.0. Installed: net_1.5, net 1.6.", "net_1.5, net 1.6"),
        (
            'This CT is in the project already, as case 3 "abdomen 1.5 mm".',
            "abdomen 1.5 mm",
        ),
        (
            "/data/abdomen 5.0 mm cannot be opened. There is no file or folder "
            "/data/abdomen 5.0 mm. Check the path.",
            "/data/abdomen 5.0 mm gibt es nicht",
        ),
        (
            "The certificate of models.hospital-2.0.org cannot be trusted, so nothing was "
            "fetched. If your network inspects such connections, its certificate must be in the "
            "operating system: ask those who run the network.",
            "Zertifikat von models.hospital-2.0.org",
        ),
    ],
)
def test_a_point_in_a_name_an_address_or_a_version_stays_one(sentence, kept):
    assert kept in tr_sentence(sentence)


def test_of_several_sentences_those_that_are_known_are_translated(patterns):
    said = patterns.translate("Opening was cancelled. Something that nobody translated.")
    assert said == "Das Öffnen wurde abgebrochen. Something that nobody translated."


def test_a_list_of_findings_is_translated_part_by_part(patterns):
    said = patterns.translate(
        "3 cases added, 2 with labels, 1 already there. Stopped; adding the same folder again "
        "goes on."
    )
    assert said.startswith("3 Fälle hinzugefügt, 2 mit Labels, 1 schon vorhanden.")


def test_a_finding_of_the_check_is_translated(patterns):
    assert (
        patterns.translate("Spleen: 2 islands apart from its largest part (0.4 mL in all).")
        == "Milz: 2 Inseln neben dem größten Teil (0.4 mL insgesamt)."
    )


@pytest.mark.usefixtures("german")
def test_what_came_of_a_training_is_said_in_german():
    said = tr_sentence(
        "The new model is better on 6 held-out patients, and nothing is worse: spleen: Dice "
        "without a click rose from 0.850 to 0.910; pancreas: mean Dice after clicks rose from "
        "0.701 to 0.742; and spleen: surface Dice at 2 mm rose from 0.900 to 0.920. Spleen needs "
        "3.1 clicks instead of 4.2 and pancreas needs 5.0 clicks instead of 6.1. Of your own "
        "clicks you would have needed 3.0 clicks instead of 5.0 for the spleen (1 case). It waits "
        "for you to promote it."
    )
    assert said == (
        "Das neue Modell ist bei 6 zurückgehaltenen Patienten besser, und nichts ist schlechter: "
        "Milz: Dice ohne Klick stieg von 0,850 auf 0,910; Pankreas: mittlerer Dice nach Klicks "
        "stieg von 0,701 auf 0,742; und Milz: Oberflächen-Dice bei 2 mm stieg von 0,900 auf 0,920. "
        "Milz braucht 3,1 Klicks statt 4,2 und Pankreas braucht 5,0 Klicks statt 6,1. Von Ihren "
        "eigenen Klicks hätten Sie gebraucht: 3,0 Klicks statt 5,0 bei „Milz“ (1 Fall). Es wartet "
        "auf Ihre Entscheidung („Dieses Modell verwenden“)."
    )


@pytest.mark.usefixtures("german")
def test_a_number_at_the_end_of_a_sentence_has_its_mark_too():
    said = tr_sentence("Spleen needs 3.1 clicks instead of 4.2.")
    assert said == "Milz braucht 3,1 Klicks statt 4,2."


@pytest.mark.usefixtures("german")
def test_terms_of_a_model_are_said_in_german_and_keep_its_name():
    said = {tr_sentence(model.terms) for model in ZOO}
    assert all("Trainiert wurde es mit dem Medical Segmentation Decathlon (" in one for one in said)
    assert all(one.startswith(("Spleen ", "Pancreas ")) for one in said)
    assert all(
        "Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0." in one for one in said
    )


@pytest.mark.usefixtures("german")
def test_why_a_training_was_refused_is_said_in_german():
    said = tr_sentence(
        "The new model was refused: spleen: surface Dice at 2 mm fell (0.912 before, 0.880 now) "
        "and 2 more objections in the report. The model stays as it was."
    )
    assert said == (
        "Das neue Modell wurde abgelehnt: Milz: Oberflächen-Dice bei 2 mm sank (vorher 0,912, "
        "jetzt 0,880) und 2 weitere Einwände im Bericht. Das Modell bleibt, wie es war."
    )


def test_nonsense_has_no_translation(patterns):
    assert patterns.translate("Lorem ipsum dolor sit amet") == ""


def test_what_an_export_wrote_is_said_in_german(patterns):
    report = ExportReport(files=(Path("a"), Path("b")), case_count=2)
    request = type("Request", (), {"format_name": "dicom-seg", "folder": Path("/out")})()
    assert (
        patterns.translate(report_text(report, request))
        == "2 DICOM SEGs: gespeichert in /out und durch Zurücklesen geprüft."
    )
