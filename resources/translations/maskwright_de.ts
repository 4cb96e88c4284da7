<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Sentence</name>
    <message>
        <source>"{case_name}" has no labels yet. Segment it, or leave it out.</source>
        <translation>„{case_name}“ hat noch keine Labels. Segmentieren Sie den Fall, oder lassen Sie ihn weg.</translation>
    </message>
    <message>
        <source>"{case}" has no saved labels, so there is nothing to {verb}. Segment it and save first.</source>
        <translation>„{case}“ hat keine gespeicherten Labels, es gibt also nichts zum {verb}. Segmentieren und speichern Sie zuerst.</translation>
    </message>
    <message>
        <source>"{case}" has no such earlier version to build on. Open the case again.</source>
        <translation>„{case}“ hat keine solche frühere Version, auf der aufzubauen wäre. Öffnen Sie den Fall erneut.</translation>
    </message>
    <message>
        <source>"{case}" is {case2}, so its labels stay as they are. Reopen the case to go on working on it.</source>
        <translation>„{case}“ ist {case2}, daher bleiben die Labels, wie sie sind. Öffnen Sie den Fall wieder, um an ihm weiterzuarbeiten.</translation>
    </message>
    <message>
        <source>"{case}" is {status} already.</source>
        <translation>„{case}“ ist bereits {status}.</translation>
    </message>
    <message>
        <source>"{case}" is {status}, so it is open already.</source>
        <translation>„{case}“ ist {status}, also schon offen.</translation>
    </message>
    <message>
        <source>"{case}" was saved again meanwhile. Look at it, then go on.</source>
        <translation>„{case}“ wurde inzwischen erneut gespeichert. Sehen Sie den Fall an, dann machen Sie weiter.</translation>
    </message>
    <message>
        <source>1 DICOM RTSTRUCT was</source>
        <translation>1 DICOM RTSTRUCT</translation>
    </message>
    <message>
        <source>1 DICOM SEG was</source>
        <translation>1 DICOM SEG</translation>
    </message>
    <message>
        <source>1 case</source>
        <translation>1 Fall</translation>
    </message>
    <message>
        <source>1 case segmented</source>
        <translation>1 Fall segmentiert</translation>
    </message>
    <message>
        <source>1 case was</source>
        <translation>1 Fall wurde</translation>
    </message>
    <message>
        <source>1 contour is</source>
        <translation>1 Kontur liegt</translation>
    </message>
    <message>
        <source>1 hole</source>
        <translation>1 Loch</translation>
    </message>
    <message>
        <source>1 image was</source>
        <translation>1 Bild wurde</translation>
    </message>
    <message>
        <source>1 island</source>
        <translation>1 Insel</translation>
    </message>
    <message>
        <source>1 label file</source>
        <translation>1 Labeldatei</translation>
    </message>
    <message>
        <source>1 label map was</source>
        <translation>1 Labelkarte</translation>
    </message>
    <message>
        <source>1 localizer</source>
        <translation>1 Übersichtsaufnahme</translation>
    </message>
    <message>
        <source>1 more objection in the report</source>
        <translation>1 weiterer Einwand im Bericht</translation>
    </message>
    <message>
        <source>1 step</source>
        <translation>1 Schritt</translation>
    </message>
    <message>
        <source>1 step by hand or from files was not played.</source>
        <translation>1 Schritt von Hand oder aus Dateien wurde nicht wiederholt.</translation>
    </message>
    <message>
        <source>1 surface of {cases} was</source>
        <translation>1 Oberfläche von {cases}</translation>
    </message>
    <message>
        <source>1 voxel is</source>
        <translation>1 Voxel liegt</translation>
    </message>
    <message>
        <source>A GPU pack with PyTorch (maskwright gpu install) lets it train on the card.</source>
        <translation>Mit einem GPU-Paket mit PyTorch (maskwright gpu install) trainiert es auf der Karte.</translation>
    </message>
    <message>
        <source>A case needs a name. Type one.</source>
        <translation>Ein Fall braucht einen Namen. Geben Sie einen ein.</translation>
    </message>
    <message>
        <source>A click at {shown} mm lies outside of the volume and was not saved.</source>
        <translation>Ein Klick bei {shown} mm liegt außerhalb des Volumens und wurde nicht gespeichert.</translation>
    </message>
    <message>
        <source>A click of an earlier version was moved; what it had done at its old place was not taken back.</source>
        <translation>Ein Klick einer früheren Version wurde verschoben; was er an seiner alten Stelle bewirkt hatte, wurde nicht zurückgenommen.</translation>
    </message>
    <message>
        <source>A data set of {cases} was</source>
        <translation>Datensatz: {cases}</translation>
    </message>
    <message>
        <source>A slice is</source>
        <translation>Eine Schicht fehlt</translation>
    </message>
    <message>
        <source>A structure is being segmented already.</source>
        <translation>Es wird bereits eine Struktur segmentiert.</translation>
    </message>
    <message>
        <source>A worker of another project trains on this computer's {device}.</source>
        <translation>Ein anderes Projekt trainiert gerade auf diesem Computer ({device}).</translation>
    </message>
    <message>
        <source>Abdomen</source>
        <translation>Abdomen</translation>
    </message>
    <message>
        <source>Adding cases</source>
        <translation>Fälle werden hinzugefügt</translation>
    </message>
    <message>
        <source>Adding was cancelled.</source>
        <translation>Das Hinzufügen wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Adding {data_set_title}</source>
        <translation>{data_set_title} wird hinzugefügt</translation>
    </message>
    <message>
        <source>Adding {text}</source>
        <translation>{text} wird hinzugefügt</translation>
    </message>
    <message>
        <source>All {images_count} images lie at one position, so they make no volume; they may show one place at several times. Open a series that covers the organ.</source>
        <translation>Alle {images_count} Bilder liegen an einer Position und ergeben kein Volumen; vielleicht zeigen sie eine Stelle zu mehreren Zeiten. Öffnen Sie eine Serie, die das Organ abdeckt.</translation>
    </message>
    <message>
        <source>Angiography</source>
        <translation>Angiographie</translation>
    </message>
    <message>
        <source>Another model is being imported. Wait for it, or cancel it.</source>
        <translation>Ein anderes Modell wird importiert. Warten Sie darauf, oder brechen Sie es ab.</translation>
    </message>
    <message>
        <source>Another program is writing to the project's data base. Try again in a moment.</source>
        <translation>Ein anderes Programm schreibt in die Datenbank des Projekts. Versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <source>Another version of {active_id} came into use while this one was compared. Resume the job: it learns and compares again, beginning with that one.</source>
        <translation>Während des Vergleichs kam eine andere Version von {active_id} in Verwendung. Setzen Sie den Auftrag fort: Er lernt und vergleicht erneut, von jener aus.</translation>
    </message>
    <message>
        <source>Answering the click</source>
        <translation>Die Antwort auf den Klick</translation>
    </message>
    <message>
        <source>Approve it or return it first.</source>
        <translation>Geben Sie ihn zuerst frei oder zurück.</translation>
    </message>
    <message>
        <source>Approving the case</source>
        <translation>Das Freigeben des Falls</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Building the 3D surface</source>
        <translation>Das Berechnen der 3D-Oberfläche</translation>
    </message>
    <message>
        <source>CPU, 1 thread: {seconds}, agrees to Dice {agreed_dice}</source>
        <translation>CPU, 1 Thread: {seconds}, stimmt überein bis Dice {agreed_dice}</translation>
    </message>
    <message>
        <source>CPU, 1 thread: {seconds}, the reference</source>
        <translation>CPU, 1 Thread: {seconds}, die Referenz</translation>
    </message>
    <message>
        <source>CPU, {count} threads: {seconds}, agrees to Dice {agreed_dice}</source>
        <translation>CPU, {count} Threads: {seconds}, stimmt überein bis Dice {agreed_dice}</translation>
    </message>
    <message>
        <source>CPU, {count} threads: {seconds}, the reference</source>
        <translation>CPU, {count} Threads: {seconds}, die Referenz</translation>
    </message>
    <message>
        <source>Cancelled. The model is as it was; resume goes on after the last whole epoch.</source>
        <translation>Abgebrochen. Das Modell ist, wie es war; „Fortsetzen“ macht nach der letzten ganzen Epoche weiter.</translation>
    </message>
    <message>
        <source>Cancelled: nothing was changed.</source>
        <translation>Abgebrochen: Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Cancelled: the segmentation is unchanged.</source>
        <translation>Abgebrochen: Die Segmentierung ist unverändert.</translation>
    </message>
    <message>
        <source>Case {owner} has the name "{name}" already. Choose another name.</source>
        <translation>Fall {owner} heißt schon „{name}“. Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>Changes cannot be saved automatically ({part}). Save your work now, and free some space or check the disk.</source>
        <translation>Änderungen können nicht automatisch gesichert werden ({part}). Speichern Sie Ihre Arbeit jetzt, und schaffen Sie Platz oder prüfen Sie den Datenträger.</translation>
    </message>
    <message>
        <source>Changing the project's settings</source>
        <translation>Das Ändern der Projekteinstellungen</translation>
    </message>
    <message>
        <source>Checking the mask</source>
        <translation>Das Prüfen der Maske</translation>
    </message>
    <message>
        <source>Choose another structure first.</source>
        <translation>Wählen Sie zuerst eine andere Struktur.</translation>
    </message>
    <message>
        <source>Choose the label file that was made from this CT, or resample it onto the CT's grid.</source>
        <translation>Wählen Sie die Labeldatei, die aus diesem CT entstand, oder rechnen Sie sie auf das Gitter des CTs um.</translation>
    </message>
    <message>
        <source>Close other programs before a large CT.</source>
        <translation>Schließen Sie andere Programme vor einem großen CT.</translation>
    </message>
    <message>
        <source>Comment written.</source>
        <translation>Kommentar geschrieben.</translation>
    </message>
    <message>
        <source>Comparing the replay</source>
        <translation>Das Vergleichen der Wiederholung</translation>
    </message>
    <message>
        <source>Comparing the versions</source>
        <translation>Das Vergleichen der Versionen</translation>
    </message>
    <message>
        <source>Deleting the journal</source>
        <translation>Das Löschen des Journals</translation>
    </message>
    <message>
        <source>Dice without a click</source>
        <translation>Dice ohne Klick</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Datenträger</translation>
    </message>
    <message>
        <source>Display</source>
        <translation>Anzeige</translation>
    </message>
    <message>
        <source>Drawing the split</source>
        <translation>Das Auslosen der Aufteilung</translation>
    </message>
    <message>
        <source>Each of its {starts_count} positions has {counts} images: it holds several phases or time points in one series. Export one of them as a series of its own.</source>
        <translation>Jede ihrer {starts_count} Positionen hat {counts} Bilder: Sie enthält mehrere Phasen oder Zeitpunkte in einer Serie. Exportieren Sie eine davon als eigene Serie.</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Engine</translation>
    </message>
    <message>
        <source>Every voxel has the same value, {lowest}: the image is empty. Open another series.</source>
        <translation>Jedes Voxel hat denselben Wert, {lowest}: Das Bild ist leer. Öffnen Sie eine andere Serie.</translation>
    </message>
    <message>
        <source>Everything in {path_name} lies outside of this CT. Open the CT that it belongs to.</source>
        <translation>Alles in {path_name} liegt außerhalb dieses CTs. Öffnen Sie das CT, zu dem es gehört.</translation>
    </message>
    <message>
        <source>Excluding the case</source>
        <translation>Das Ausschließen des Falls</translation>
    </message>
    <message>
        <source>Exporting {text}</source>
        <translation>{text} wird exportiert</translation>
    </message>
    <message>
        <source>Extending the split</source>
        <translation>Das Ergänzen der Aufteilung</translation>
    </message>
    <message>
        <source>Finding the CT</source>
        <translation>Das CT wird gesucht</translation>
    </message>
    <message>
        <source>Flagging the case</source>
        <translation>Das Markieren des Falls</translation>
    </message>
    <message>
        <source>From {low_hu} to {high_hu} HU is no range: the first is the larger one.</source>
        <translation>Von {low_hu} bis {high_hu} HU ist kein Bereich: Der erste Wert ist der größere.</translation>
    </message>
    <message>
        <source>Full range</source>
        <translation>Voller Bereich</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>HU range around a point of {structure_name}</source>
        <translation>HU-Bereich um einen Punkt von {structure_name}</translation>
    </message>
    <message>
        <source>HU range of {structure_name}</source>
        <translation>HU-Bereich von {structure_name}</translation>
    </message>
    <message>
        <source>How this version came about cannot be read: its record is damaged or newer than this Maskwright. The labels themselves can still be opened.</source>
        <translation>Wie diese Version entstand, kann nicht gelesen werden: Ihr Eintrag ist beschädigt oder neuer als dieses Maskwright. Die Labels selbst lassen sich noch öffnen.</translation>
    </message>
    <message>
        <source>If this computer has a graphics card, install its driver.</source>
        <translation>Wenn dieser Computer eine Grafikkarte hat, installieren Sie ihren Treiber.</translation>
    </message>
    <message>
        <source>Importing the model</source>
        <translation>Das Importieren des Modells</translation>
    </message>
    <message>
        <source>Importing {path_name}</source>
        <translation>{path_name} wird importiert</translation>
    </message>
    <message>
        <source>In this project a second person approves. Submit "{case}" first.</source>
        <translation>In diesem Projekt gibt eine zweite Person frei. Reichen Sie „{case}“ zuerst ein.</translation>
    </message>
    <message>
        <source>Install a graphics driver, or Mesa's software one (Debian: libegl1 and libgl1).</source>
        <translation>Installieren Sie einen Grafiktreiber, oder den Software-Treiber von Mesa (Debian: libegl1 und libgl1).</translation>
    </message>
    <message>
        <source>Install the GPU pack that was published with this version (maskwright gpu install).</source>
        <translation>Installieren Sie das GPU-Paket, das mit dieser Version veröffentlicht wurde (maskwright gpu install).</translation>
    </message>
    <message>
        <source>Install the program again.</source>
        <translation>Installieren Sie das Programm neu.</translation>
    </message>
    <message>
        <source>Install the training edition of Maskwright, which has them.</source>
        <translation>Installieren Sie die Trainingsausgabe von Maskwright, die sie hat.</translation>
    </message>
    <message>
        <source>Installing {name}</source>
        <translation>{name} wird installiert</translation>
    </message>
    <message>
        <source>It has no split yet and was exported for training. Extend the splits first, so that it cannot turn up in the hold-out later.</source>
        <translation>Er ist noch nicht zugeteilt und wurde zum Training exportiert. Ergänzen Sie zuerst die Aufteilung, damit er nicht später in den Testdaten auftaucht.</translation>
    </message>
    <message>
        <source>It is a localizer (scout), not a volume. Open one of the axial series.</source>
        <translation>Es ist eine Übersichtsaufnahme (Scout), kein Volumen. Öffnen Sie eine der axialen Serien.</translation>
    </message>
    <message>
        <source>It is a projection (MIP), not a plain CT: structures overlap. Open the thin slices.</source>
        <translation>Es ist eine Projektion (MIP), kein gewöhnliches CT: Strukturen überlagern sich. Öffnen Sie die dünnen Schichten.</translation>
    </message>
    <message>
        <source>It is a single slice and its thickness is {thickness_mm} mm. Open a series with several slices.</source>
        <translation>Es ist eine einzelne Schicht mit einer Schichtdicke von {thickness_mm} mm. Öffnen Sie eine Serie mit mehreren Schichten.</translation>
    </message>
    <message>
        <source>It is in use from now on; you can roll back at any time.</source>
        <translation>Es ist ab jetzt in Verwendung; Sie können jederzeit zurückrollen.</translation>
    </message>
    <message>
        <source>It is stored with bright and dark exchanged (MONOCHROME1). Look whether air is black and bone white.</source>
        <translation>Hell und Dunkel sind vertauscht gespeichert (MONOCHROME1). Sehen Sie nach, ob Luft schwarz und Knochen weiß ist.</translation>
    </message>
    <message>
        <source>It is {not_an_image}, not a CT. Open the CT that it belongs to.</source>
        <translation>Es ist {not_an_image}, kein CT. Öffnen Sie das CT, zu dem es gehört.</translation>
    </message>
    <message>
        <source>It mixes modalities in one series. Export the CT on its own.</source>
        <translation>Sie mischt Modalitäten in einer Serie. Exportieren Sie das CT für sich.</translation>
    </message>
    <message>
        <source>It mixes orientations: {images_where} and {b_where} lie in different planes. Export each reconstruction as a series of its own.</source>
        <translation>Sie mischt Orientierungen: {images_where} und {b_where} liegen in verschiedenen Ebenen. Exportieren Sie jede Rekonstruktion als eigene Serie.</translation>
    </message>
    <message>
        <source>It ran on {then_engine} then, on {engine} now.</source>
        <translation>Damals rechnete {then_engine}, jetzt {engine}.</translation>
    </message>
    <message>
        <source>It waits for you to promote it.</source>
        <translation>Es wartet auf Ihre Entscheidung („Dieses Modell verwenden“).</translation>
    </message>
    <message>
        <source>It was compressed with loss; values are not exact.</source>
        <translation>Es wurde verlustbehaftet komprimiert; die Werte sind nicht genau.</translation>
    </message>
    <message>
        <source>Its header counts in metres or micrometres; the numbers count as mm.</source>
        <translation>Ihr Kopf rechnet in Metern oder Mikrometern; die Zahlen gelten als mm.</translation>
    </message>
    <message>
        <source>Its header names no modality</source>
        <translation>Ihr Kopf nennt keine Modalität</translation>
    </message>
    <message>
        <source>Its images have different sizes: {a_where} has {a_columns}x{a_rows} pixels, {b_where} {b_columns}x{b_rows}. Export the volume on its own.</source>
        <translation>Ihre Bilder sind verschieden groß: {a_where} hat {a_columns}x{a_rows} Pixel, {b_where} {b_columns}x{b_rows}. Exportieren Sie das Volumen für sich.</translation>
    </message>
    <message>
        <source>Its modality is {modality}</source>
        <translation>Ihre Modalität ist {modality}</translation>
    </message>
    <message>
        <source>Its pixel spacing changes between {images_where} and {b_where}. Export each reconstruction as a series of its own.</source>
        <translation>Ihr Pixelabstand ändert sich zwischen {images_where} und {b_where}. Exportieren Sie jede Rekonstruktion als eigene Serie.</translation>
    </message>
    <message>
        <source>Its pixels lie up to {off_grid} voxels beside the CT's and were put on the nearest ones. Check that the outlines lie on the organs.</source>
        <translation>Ihre Pixel liegen bis zu {off_grid} Voxel neben denen des CTs und wurden auf die nächsten gelegt. Prüfen Sie, ob die Umrisse auf den Organen liegen.</translation>
    </message>
    <message>
        <source>Its slices are shifted sideways against each other, so they form no straight stack. Export the series again, or open another one.</source>
        <translation>Ihre Schichten sind seitlich gegeneinander verschoben und bilden keinen geraden Stapel. Exportieren Sie die Serie erneut, oder öffnen Sie eine andere.</translation>
    </message>
    <message>
        <source>Its slices are unevenly spaced, from {gaps_mm_min} to {gaps_mm_max} mm. Reconstruct it with one slice distance, or open another series.</source>
        <translation>Ihre Schichten haben ungleiche Abstände, von {gaps_mm_min} bis {gaps_mm_max} mm. Rekonstruieren Sie sie mit einem Schichtabstand, oder öffnen Sie eine andere Serie.</translation>
    </message>
    <message>
        <source>Its slices lean by {shear_degrees} degrees (gantry tilt). Correct the tilt first, for example with dcm2niix or 3D Slicer.</source>
        <translation>Ihre Schichten sind um {shear_degrees} Grad gekippt (Gantry-Kippung). Korrigieren Sie die Kippung zuerst, zum Beispiel mit dcm2niix oder 3D Slicer.</translation>
    </message>
    <message>
        <source>Its two position records (sform, qform) differ by {apart_mm} mm; the sform counts. Check left and right.</source>
        <translation>Ihre beiden Lageangaben (sform, qform) unterscheiden sich um {apart_mm} mm; die sform gilt. Prüfen Sie links und rechts.</translation>
    </message>
    <message>
        <source>Its values are in {unit}, not in Hounsfield units: models will fail on it.</source>
        <translation>Seine Werte sind in {unit}, nicht in Hounsfield-Einheiten: Modelle werden daran scheitern.</translation>
    </message>
    <message>
        <source>Its voxel size (pixdim) disagrees with its sform; the sform counts.</source>
        <translation>Ihre Voxelgröße (pixdim) widerspricht ihrer sform; die sform gilt.</translation>
    </message>
    <message>
        <source>Job {job_id} cannot be promoted. {decision_sentence}</source>
        <translation>Das Modell von Auftrag {job_id} kann nicht verwendet werden. {decision_sentence}</translation>
    </message>
    <message>
        <source>Job {job_id} is in the queue. You can go on working, or close the window.</source>
        <translation>Auftrag {job_id} ist in der Warteschlange. Sie können weiterarbeiten oder das Fenster schließen.</translation>
    </message>
    <message>
        <source>Job {job_id} is {job_state} and has no compared candidate to promote.</source>
        <translation>Auftrag {job_id} ist „{job_state}“ und hat keinen verglichenen Kandidaten, der verwendet werden könnte.</translation>
    </message>
    <message>
        <source>Job {job_id} is {job_state}, so it cannot be {verb}.</source>
        <translation>Auftrag {job_id} ist „{job_state}“, daher geht das nicht ({verb}).</translation>
    </message>
    <message>
        <source>Job {number} improves the model by itself: 1 case was approved since the last time. You can go on working, or close the window.</source>
        <translation>Auftrag {number} verbessert das Modell von selbst: Seit dem letzten Mal wurde 1 Fall freigegeben. Sie können weiterarbeiten oder das Fenster schließen.</translation>
    </message>
    <message>
        <source>Job {number} improves the model by itself: {count} cases were approved since the last time. You can go on working, or close the window.</source>
        <translation>Auftrag {number} verbessert das Modell von selbst: Seit dem letzten Mal wurden {count} Fälle freigegeben. Sie können weiterarbeiten oder das Fenster schließen.</translation>
    </message>
    <message>
        <source>Job {row} cannot be read: its record is damaged or newer than this Maskwright.</source>
        <translation>Auftrag {row} lässt sich nicht lesen: Sein Eintrag ist beschädigt oder neuer als dieses Maskwright.</translation>
    </message>
    <message>
        <source>Large CTs of a whole body may not fit.</source>
        <translation>Große Ganzkörper-CTs passen vielleicht nicht hinein.</translation>
    </message>
    <message>
        <source>Left out: {skipped}.</source>
        <translation>Ausgelassen: {skipped}.</translation>
    </message>
    <message>
        <source>Listing the cases</source>
        <translation>Das Auflisten der Fälle</translation>
    </message>
    <message>
        <source>Liver</source>
        <translation>Leber</translation>
    </message>
    <message>
        <source>Look at the labels; if they are right, use the case all the same.</source>
        <translation>Sehen Sie sich die Labels an; wenn sie stimmen, verwenden Sie den Fall trotzdem.</translation>
    </message>
    <message>
        <source>Looking at the data set</source>
        <translation>Der Datensatz wird angesehen</translation>
    </message>
    <message>
        <source>Looking at the training</source>
        <translation>Das Ansehen des Trainings</translation>
    </message>
    <message>
        <source>Looking at this computer</source>
        <translation>Dieser Computer wird geprüft</translation>
    </message>
    <message>
        <source>Looking at {path_name}</source>
        <translation>{path_name} wird angesehen</translation>
    </message>
    <message>
        <source>Looking for CTs</source>
        <translation>CTs werden gesucht</translation>
    </message>
    <message>
        <source>Looking for unsaved work</source>
        <translation>Ungespeicherte Arbeit wird gesucht</translation>
    </message>
    <message>
        <source>Lung</source>
        <translation>Lunge</translation>
    </message>
    <message>
        <source>Make room soon.</source>
        <translation>Schaffen Sie bald Platz.</translation>
    </message>
    <message>
        <source>Make room: masks could not be saved.</source>
        <translation>Schaffen Sie Platz: Masken könnten nicht gespeichert werden.</translation>
    </message>
    <message>
        <source>Making the new version ready</source>
        <translation>Das Vorbereiten der neuen Version</translation>
    </message>
    <message>
        <source>Making the pictures of the series</source>
        <translation>Die Bilder der Serien werden erzeugt</translation>
    </message>
    <message>
        <source>Making the sample case</source>
        <translation>Der Beispielfall wird erzeugt</translation>
    </message>
    <message>
        <source>Making version {version} ready</source>
        <translation>Version {version} wird vorbereitet</translation>
    </message>
    <message>
        <source>Making {folder_name}</source>
        <translation>{folder_name} wird angelegt</translation>
    </message>
    <message>
        <source>Masks overlapped in {overlap} voxels.</source>
        <translation>Masken überlappten sich in {overlap} Voxeln.</translation>
    </message>
    <message>
        <source>Mediastinum</source>
        <translation>Mediastinum</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Memory ran out, even with the smallest setting. Close other programs, or train on another computer, then resume the job.</source>
        <translation>Der Arbeitsspeicher reichte nicht, auch nicht mit der kleinsten Einstellung. Schließen Sie andere Programme, oder trainieren Sie auf einem anderen Computer, und setzen Sie den Auftrag dann fort.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model and engine are the same as then.</source>
        <translation>Modell und Engine sind dieselben wie damals.</translation>
    </message>
    <message>
        <source>No case is approved yet. Approve cases, or export the open one.</source>
        <translation>Noch ist kein Fall freigegeben. Geben Sie Fälle frei, oder exportieren Sie den offenen.</translation>
    </message>
    <message>
        <source>No cases</source>
        <translation>Keine Fälle</translation>
    </message>
    <message>
        <source>No engine can run a network.</source>
        <translation>Keine Engine kann ein Netz rechnen.</translation>
    </message>
    <message>
        <source>No engine on this computer can run the model: {part}. Install the program again.</source>
        <translation>Keine Engine dieses Computers kann das Modell rechnen: {part}. Installieren Sie das Programm neu.</translation>
    </message>
    <message>
        <source>No model is installed.</source>
        <translation>Kein Modell ist installiert.</translation>
    </message>
    <message>
        <source>No model is installed. Install the program again.</source>
        <translation>Kein Modell ist installiert. Installieren Sie das Programm neu.</translation>
    </message>
    <message>
        <source>No voxel is above {highest} HU: this is not a CT in Hounsfield units. Models will fail on it.</source>
        <translation>Kein Voxel liegt über {highest} HU: Dies ist kein CT in Hounsfield-Einheiten. Modelle werden daran scheitern.</translation>
    </message>
    <message>
        <source>No voxel is below 0 HU (lowest {lowest}): the rescale intercept, often -1024, seems to be missing. Models will fail on it; export the CT again as DICOM.</source>
        <translation>Kein Voxel liegt unter 0 HU (niedrigster Wert {lowest}): Der Rescale Intercept, oft -1024, scheint zu fehlen. Modelle werden daran scheitern; exportieren Sie das CT erneut als DICOM.</translation>
    </message>
    <message>
        <source>No worker can start: {file_name} cannot be locked ({error_strerror}). Check that the folder is writable and on a disk of this computer.</source>
        <translation>Es kann kein Trainingsprozess starten: {file_name} lässt sich nicht sperren ({error_strerror}). Prüfen Sie, ob der Ordner beschreibbar ist und auf einer Platte dieses Computers liegt.</translation>
    </message>
    <message>
        <source>No {structure_name} was found. Click into it to begin.</source>
        <translation>Nichts gefunden ({structure_name}). Klicken Sie hinein, um zu beginnen.</translation>
    </message>
    <message>
        <source>None of these cases has labels of a structure that was asked for, so there is nothing to export. Approve cases first, or choose other structures.</source>
        <translation>Keiner dieser Fälle hat Labels einer gewünschten Struktur, es gibt also nichts zu exportieren. Geben Sie zuerst Fälle frei, oder wählen Sie andere Strukturen.</translation>
    </message>
    <message>
        <source>Nothing changed: drawing is limited to the {options_inside}, which is locked. Open its lock, or draw everywhere.</source>
        <translation>Nichts geändert: Zeichnen ist auf „{options_inside}“ begrenzt, und diese Struktur ist gesperrt. Öffnen Sie das Schloss, oder zeichnen Sie überall.</translation>
    </message>
    <message>
        <source>Nothing changed: drawing is limited to the {options_inside}.</source>
        <translation>Nichts geändert: Zeichnen ist auf „{options_inside}“ begrenzt.</translation>
    </message>
    <message>
        <source>Nothing changed: no voxel here has {low_hu} to {high_hu} HU.</source>
        <translation>Nichts geändert: Kein Voxel hat hier {low_hu} bis {high_hu} HU.</translation>
    </message>
    <message>
        <source>Nothing changed: the {other_name} is locked. Open its lock to take from it.</source>
        <translation>Nichts geändert: „{other_name}“ ist gesperrt. Öffnen Sie das Schloss, um davon zu nehmen.</translation>
    </message>
    <message>
        <source>Nothing is labelled. Segment a structure, or exclude the case with a reason.</source>
        <translation>Nichts ist segmentiert. Segmentieren Sie eine Struktur, oder schließen Sie den Fall mit Begründung aus.</translation>
    </message>
    <message>
        <source>Nothing to change: the {active_name} stays as it is.</source>
        <translation>Nichts zu ändern: „{active_name}“ bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>Nothing was</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Nothing was changed since the last version.</source>
        <translation>Seit der letzten Version wurde nichts geändert.</translation>
    </message>
    <message>
        <source>ONNX Runtime on the GPU</source>
        <translation>ONNX Runtime auf der GPU</translation>
    </message>
    <message>
        <source>Of your own clicks you would have needed {listed}.</source>
        <translation>Von Ihren eigenen Klicks hätten Sie gebraucht: {listed}.</translation>
    </message>
    <message>
        <source>One file was left out. {damaged}</source>
        <translation>Eine Datei wurde ausgelassen. {damaged}</translation>
    </message>
    <message>
        <source>Open a CT first.</source>
        <translation>Öffnen Sie zuerst ein CT.</translation>
    </message>
    <message>
        <source>Open a project first: the model learns from its approved cases.</source>
        <translation>Öffnen Sie zuerst ein Projekt: Das Modell lernt aus dessen freigegebenen Fällen.</translation>
    </message>
    <message>
        <source>Open the CT first, then its label file.</source>
        <translation>Öffnen Sie zuerst das CT, dann seine Labeldatei.</translation>
    </message>
    <message>
        <source>Opening the case</source>
        <translation>Das Öffnen des Falls</translation>
    </message>
    <message>
        <source>Opening the project</source>
        <translation>Das Öffnen des Projekts</translation>
    </message>
    <message>
        <source>Opening was cancelled.</source>
        <translation>Das Öffnen wurde abgebrochen.</translation>
    </message>
    <message>
        <source>Opening {folder_name}</source>
        <translation>{folder_name} wird geöffnet</translation>
    </message>
    <message>
        <source>Opening {name}</source>
        <translation>{name} wird geöffnet</translation>
    </message>
    <message>
        <source>Pancreas</source>
        <translation>Pankreas</translation>
    </message>
    <message>
        <source>Pancreas and its tumours, without clicks (searched network; slow without a GPU)</source>
        <translation>Pankreas und seine Tumoren, ohne Klicks (gesuchtes Netz; langsam ohne GPU)</translation>
    </message>
    <message>
        <source>Paused. Resume goes on after the last whole epoch.</source>
        <translation>Angehalten. „Fortsetzen“ macht nach der letzten ganzen Epoche weiter.</translation>
    </message>
    <message>
        <source>Pictures are drawn by {facts_opengl}.</source>
        <translation>Die Bilder zeichnet {facts_opengl}.</translation>
    </message>
    <message>
        <source>Preparing the model</source>
        <translation>Das Modell wird vorbereitet</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>PyTorch of the GPU pack is not used: {training_refusal}. The program's own is used, {training_version}.</source>
        <translation>PyTorch des GPU-Pakets wird nicht verwendet: {training_refusal}. Verwendet wird das eigene des Programms, {training_version}.</translation>
    </message>
    <message>
        <source>PyTorch {library_version} of the GPU pack is used, but it finds no card to use.</source>
        <translation>PyTorch {library_version} des GPU-Pakets wird verwendet, findet aber keine Karte.</translation>
    </message>
    <message>
        <source>PyTorch {library_version} of the GPU pack is used, on the processor.</source>
        <translation>PyTorch {library_version} des GPU-Pakets wird verwendet, auf dem Prozessor.</translation>
    </message>
    <message>
        <source>PyTorch {library_version} of the GPU pack is used, on {card_name}.</source>
        <translation>PyTorch {library_version} des GPU-Pakets wird verwendet, auf {card_name}.</translation>
    </message>
    <message>
        <source>PyTorch {training_version} is used, on the processor.</source>
        <translation>PyTorch {training_version} wird verwendet, auf dem Prozessor.</translation>
    </message>
    <message>
        <source>PyTorch {training_version} is used.</source>
        <translation>PyTorch {training_version} wird verwendet.</translation>
    </message>
    <message>
        <source>Reading headers</source>
        <translation>Dateiköpfe werden gelesen</translation>
    </message>
    <message>
        <source>Reading the CT</source>
        <translation>Das Lesen des CTs</translation>
    </message>
    <message>
        <source>Reading the case's history</source>
        <translation>Das Lesen des Verlaufs</translation>
    </message>
    <message>
        <source>Reading the label file</source>
        <translation>Das Lesen der Labeldatei</translation>
    </message>
    <message>
        <source>Reading the split</source>
        <translation>Das Lesen der Aufteilung</translation>
    </message>
    <message>
        <source>Reading the version</source>
        <translation>Das Lesen der Version</translation>
    </message>
    <message>
        <source>Reading version {version_number}</source>
        <translation>Version {version_number} wird gelesen</translation>
    </message>
    <message>
        <source>Reading voxels</source>
        <translation>Voxel werden gelesen</translation>
    </message>
    <message>
        <source>Reading {path_name}</source>
        <translation>{path_name} wird gelesen</translation>
    </message>
    <message>
        <source>Remove it under Segment, Models, and import it again.</source>
        <translation>Entfernen Sie es unter Segmentieren, Modelle, und importieren Sie es erneut.</translation>
    </message>
    <message>
        <source>Reopening the case</source>
        <translation>Das erneute Öffnen des Falls</translation>
    </message>
    <message>
        <source>Replaying step {part} of {film_step_count}</source>
        <translation>Schritt {part} von {film_step_count} wird wiederholt</translation>
    </message>
    <message>
        <source>Replaying the clicks</source>
        <translation>Das Wiederholen der Klicks</translation>
    </message>
    <message>
        <source>Restoring the unsaved work</source>
        <translation>Das Wiederherstellen der ungespeicherten Arbeit</translation>
    </message>
    <message>
        <source>Restoring {header_name}</source>
        <translation>{header_name} wird wiederhergestellt</translation>
    </message>
    <message>
        <source>Returned with your comment.</source>
        <translation>Mit Ihrem Kommentar zurückgegeben.</translation>
    </message>
    <message>
        <source>Returning the case</source>
        <translation>Das Zurückgeben des Falls</translation>
    </message>
    <message>
        <source>Saving the clicks</source>
        <translation>Das Speichern der Klicks</translation>
    </message>
    <message>
        <source>Saving the logs</source>
        <translation>Die Protokolle werden gespeichert</translation>
    </message>
    <message>
        <source>Saving the mask</source>
        <translation>Das Speichern der Maske</translation>
    </message>
    <message>
        <source>Saving the measures</source>
        <translation>Das Speichern der Messwerte</translation>
    </message>
    <message>
        <source>Saving {path_name}</source>
        <translation>{path_name} wird gespeichert</translation>
    </message>
    <message>
        <source>Say what should be mended when you return a case.</source>
        <translation>Sagen Sie, was zu verbessern ist, wenn Sie einen Fall zurückgeben.</translation>
    </message>
    <message>
        <source>Say why the case is excluded.</source>
        <translation>Sagen Sie, warum der Fall ausgeschlossen wird.</translation>
    </message>
    <message>
        <source>Segmenting new cases</source>
        <translation>Neue Fälle werden segmentiert</translation>
    </message>
    <message>
        <source>Segmenting the new cases</source>
        <translation>Das Segmentieren der neuen Fälle</translation>
    </message>
    <message>
        <source>Segmenting the {structure_name}</source>
        <translation>Segmentierung: {structure_name}</translation>
    </message>
    <message>
        <source>Segmenting the {wanted_name}</source>
        <translation>Segmentierung: {wanted_name}</translation>
    </message>
    <message>
        <source>Segmenting {text}</source>
        <translation>{text} wird segmentiert</translation>
    </message>
    <message>
        <source>Several images share one position at {int} of its {starts_count} slice positions, for example {images_where} and {images_where2}. Remove the extra ones, or export the series again.</source>
        <translation>An {int} ihrer {starts_count} Schichtpositionen liegen mehrere Bilder, zum Beispiel {images_where} und {images_where2}. Entfernen Sie die überzähligen, oder exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>Slices are {thickness_mm} mm thick but {spacing_mm} mm apart: either tissue between them was not recorded, or every other slice is missing. Compare it with the original series.</source>
        <translation>Die Schichtdicke ist {thickness_mm} mm, der Schichtabstand aber {spacing_mm} mm: Entweder wurde Gewebe dazwischen nicht aufgenommen, oder jede zweite Schicht fehlt. Vergleichen Sie mit der Originalserie.</translation>
    </message>
    <message>
        <source>Slices lie up to {error_mm} mm away from an even spacing of {spacing_mm} mm; masks and lengths are wrong by as much.</source>
        <translation>Schichten liegen bis zu {error_mm} mm neben einem gleichmäßigen Abstand von {spacing_mm} mm; Masken und Längen sind um so viel falsch.</translation>
    </message>
    <message>
        <source>Some voxels carry the value {value}, which stands for no structure. Import the labels again and say what it means, or erase it.</source>
        <translation>Einige Voxel tragen den Wert {value}, der für keine Struktur steht. Importieren Sie die Labels erneut und sagen Sie, was er bedeutet, oder löschen Sie ihn.</translation>
    </message>
    <message>
        <source>Something went wrong that should not ({type_name}). The details are in the log. The job can be resumed.</source>
        <translation>Etwas ist schiefgegangen, das nicht sollte ({type_name}). Einzelheiten stehen im Protokoll. Der Auftrag kann fortgesetzt werden.</translation>
    </message>
    <message>
        <source>Spleen, with clicks and without (DynUNet on the whole CT at 128 cubed)</source>
        <translation>Milz, mit Klicks und ohne (DynUNet, das ganze CT auf 128 Voxel je Seite)</translation>
    </message>
    <message>
        <source>Spleen, without clicks (UNet, sliding window)</source>
        <translation>Milz, ohne Klicks (UNet, gleitendes Fenster)</translation>
    </message>
    <message>
        <source>Stopped. {sentence}</source>
        <translation>Angehalten. {sentence}</translation>
    </message>
    <message>
        <source>Stopped; adding the same folder again goes on.</source>
        <translation>Angehalten; denselben Ordner erneut hinzuzufügen macht weiter.</translation>
    </message>
    <message>
        <source>Stopped; starting it again goes on.</source>
        <translation>Angehalten; erneutes Starten macht weiter.</translation>
    </message>
    <message>
        <source>Stopping; files that are whole stay</source>
        <translation>Wird angehalten; fertige Dateien bleiben</translation>
    </message>
    <message>
        <source>Stopping; finished cases are kept</source>
        <translation>Wird angehalten; fertige Fälle bleiben</translation>
    </message>
    <message>
        <source>Stopping; what was added stays</source>
        <translation>Wird angehalten; was hinzugefügt ist, bleibt</translation>
    </message>
    <message>
        <source>Submitted for review.</source>
        <translation>Zur Prüfung eingereicht.</translation>
    </message>
    <message>
        <source>Submitting the case</source>
        <translation>Das Einreichen des Falls</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>The CT of "{case_name}" is not at {source_path} any more.</source>
        <translation>Das CT von „{case_name}“ liegt nicht mehr bei {source_path}.</translation>
    </message>
    <message>
        <source>The CT of "{case_name}" is not at {source_path} any more. Connect the disk that holds it, or show where it is now (relink). Its labels are safe.</source>
        <translation>Das CT von „{case_name}“ liegt nicht mehr bei {source_path}. Schließen Sie den Datenträger an, oder zeigen Sie, wo es jetzt ist (verschobenes CT suchen). Seine Labels sind sicher.</translation>
    </message>
    <message>
        <source>The active model disagrees with the approved {structure}: Dice {value} after {clicks} simulated clicks, where {usual} is usual here.</source>
        <translation>Das verwendete Modell widerspricht der Freigabe von „{structure}“: Dice {value} nach {clicks} simulierten Klicks, wo hier {usual} üblich ist.</translation>
    </message>
    <message>
        <source>The automatic {structure_name} took the place of the mask that was there. Undo brings that back.</source>
        <translation>Die automatische Segmentierung ({structure_name}) hat die bisherige Maske ersetzt. Rückgängig bringt sie zurück.</translation>
    </message>
    <message>
        <source>The automatically saved work cannot be read any more: its file is damaged or gone. Open the case as it was saved last.</source>
        <translation>Die automatisch gesicherte Arbeit kann nicht mehr gelesen werden: Ihre Datei ist beschädigt oder weg. Öffnen Sie den Fall so, wie er zuletzt gespeichert wurde.</translation>
    </message>
    <message>
        <source>The bundle {files_name} has no {shown}. Bundles are often downloaded without their large files: large_files.yml says where those are. Put the file into the folder models and import again.</source>
        <translation>Dem Bundle {files_name} fehlt {shown}. Bundles werden oft ohne ihre großen Dateien geladen: large_files.yml sagt, wo diese sind. Legen Sie die Datei in den Ordner models und importieren Sie erneut.</translation>
    </message>
    <message>
        <source>The case is {status_value}. Reopen it to change it.</source>
        <translation>Der Fall ist {status_value}. Öffnen Sie ihn wieder, um ihn zu ändern.</translation>
    </message>
    <message>
        <source>The certificate of {host} cannot be trusted, so nothing was fetched. If your network inspects such connections, its certificate must be in the operating system: ask those who run the network.</source>
        <translation>Dem Zertifikat von {host} kann nicht vertraut werden, daher wurde nichts geladen. Wenn Ihr Netzwerk solche Verbindungen prüft, muss sein Zertifikat im Betriebssystem sein: Fragen Sie die Betreiber des Netzwerks.</translation>
    </message>
    <message>
        <source>The changes to {name} are on version {number} now: undo takes them back in one step.</source>
        <translation>Die Änderungen an {name} liegen jetzt auf Version {number}: Rückgängig nimmt sie in einem Schritt zurück.</translation>
    </message>
    <message>
        <source>The check was cancelled.</source>
        <translation>Die Prüfung wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The connection broke off again and again.</source>
        <translation>Die Verbindung brach immer wieder ab.</translation>
    </message>
    <message>
        <source>The contours of {path_name} lie in no slice of this CT. Open the CT that it belongs to.</source>
        <translation>Die Konturen von {path_name} liegen in keiner Schicht dieses CTs. Öffnen Sie das CT, zu dem die Datei gehört.</translation>
    </message>
    <message>
        <source>The crosshair is not in the {structure_name}. Move it into the part that is meant, then try again.</source>
        <translation>Das Fadenkreuz liegt nicht in „{structure_name}“. Bewegen Sie es in den gemeinten Teil, dann versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The data set has it in {split}. Its patient is in {kept} already and stays there.</source>
        <translation>Der Datensatz führt ihn unter {split}. Sein Patient ist schon unter {kept} und bleibt dort.</translation>
    </message>
    <message>
        <source>The disk is full, so nothing was changed. Free some space and try again.</source>
        <translation>Der Datenträger ist voll, daher wurde nichts geändert. Schaffen Sie Platz und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The disk is full, so the project is open for reading only. Free some space.</source>
        <translation>Der Datenträger ist voll, daher ist das Projekt nur zum Lesen geöffnet. Schaffen Sie Platz.</translation>
    </message>
    <message>
        <source>The disk reports an error, so nothing was changed. Check the disk or the network drive that holds the project, then try again.</source>
        <translation>Der Datenträger meldet einen Fehler, daher wurde nichts geändert. Prüfen Sie den Datenträger oder das Netzlaufwerk des Projekts, dann versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The download was cancelled. What came so far is kept: the next one goes on there.</source>
        <translation>Der Download wurde abgebrochen. Was schon da ist, bleibt: Der nächste setzt dort fort.</translation>
    </message>
    <message>
        <source>The engine process stopped again and again ({death}), so there is no answer. Nothing was changed. Run `maskwright doctor` and try again.</source>
        <translation>Der Prozess der Engine brach immer wieder ab ({death}), daher gibt es keine Antwort. Nichts wurde geändert. Rufen Sie `maskwright doctor` auf und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The engine process stopped unexpectedly ({death}) and was started again.</source>
        <translation>Der Prozess der Engine brach unerwartet ab ({death}) und wurde neu gestartet.</translation>
    </message>
    <message>
        <source>The engine that was asked for cannot be used here. {reason}. {kind_named_title} is used instead.</source>
        <translation>Die gewünschte Engine kann hier nicht verwendet werden. {reason}. Stattdessen wird {kind_named_title} verwendet.</translation>
    </message>
    <message>
        <source>The export</source>
        <translation>Der Export</translation>
    </message>
    <message>
        <source>The file does not say how it lies in the patient: left and right may be exchanged. Convert it again from the original CT.</source>
        <translation>Die Datei sagt nicht, wie sie im Patienten liegt: Links und rechts können vertauscht sein. Wandeln Sie sie erneut aus dem Original-CT um.</translation>
    </message>
    <message>
        <source>The folder {folder_name} cannot be made ({error_strerror}). Choose another one.</source>
        <translation>Der Ordner {folder_name} kann nicht angelegt werden ({error_strerror}). Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>The header lacks the rescale slope or intercept; they count as 1 and 0, so values may not be Hounsfield units. Look whether fat is near -100 HU.</source>
        <translation>Im Kopf fehlt Rescale Slope oder Intercept; sie zählen als 1 und 0, die Werte sind also vielleicht keine Hounsfield-Einheiten. Sehen Sie nach, ob Fett nahe -100 HU liegt.</translation>
    </message>
    <message>
        <source>The header names a gantry tilt of {tilt_deg} degrees, but the slices are stacked straight: the tilt was corrected, or it is missing from the positions. Look in the sagittal view whether the body leans.</source>
        <translation>Der Kopf nennt eine Gantry-Kippung von {tilt_deg} Grad, aber die Schichten sind gerade gestapelt: Die Kippung wurde korrigiert, oder sie fehlt in den Positionen. Sehen Sie in der sagittalen Ansicht nach, ob der Körper schief steht.</translation>
    </message>
    <message>
        <source>The header says that text is drawn into the pixels. It may name the patient: look before you share this CT.</source>
        <translation>Der Kopf sagt, dass Text in die Pixel gezeichnet ist. Er könnte den Patienten nennen: Sehen Sie nach, bevor Sie dieses CT weitergeben.</translation>
    </message>
    <message>
        <source>The history should end with record {head_position} but ends with record {part}: its newest records were removed or replaced.</source>
        <translation>Der Verlauf sollte mit Eintrag {head_position} enden, endet aber mit Eintrag {part}: Seine neuesten Einträge wurden entfernt oder ersetzt.</translation>
    </message>
    <message>
        <source>The images of {parent_name} are "{first}", as {file_name} says. Only CT can be added.</source>
        <translation>Die Bilder von {parent_name} sind „{first}“, wie {file_name} sagt. Nur CT kann hinzugefügt werden.</translation>
    </message>
    <message>
        <source>The images of {parent_name} have {channels_count} channels, as {file_name} says. Only CT, which has one, can be added.</source>
        <translation>Die Bilder von {parent_name} haben {channels_count} Kanäle, wie {file_name} sagt. Nur CT, das einen hat, kann hinzugefügt werden.</translation>
    </message>
    <message>
        <source>The job is in the queue, but this installation cannot train: it has no {missing_libraries}. {where_to_get_them} Where they are, here or on another computer, it is done by: maskwright worker --project {folder}</source>
        <translation>Der Auftrag steht in der Warteschlange, aber diese Installation kann nicht trainieren: Es fehlt {missing_libraries}. {where_to_get_them} Wo sie sind, hier oder auf einem anderen Computer, erledigt ihn: maskwright worker --project {folder}</translation>
    </message>
    <message>
        <source>The job was stopped before it could start.</source>
        <translation>Der Auftrag wurde angehalten, bevor er beginnen konnte.</translation>
    </message>
    <message>
        <source>The labels do not lie on the CT's grid. Import the file that was made from this CT, or resample it onto the CT's grid.</source>
        <translation>Die Labels liegen nicht auf dem Gitter des CTs. Importieren Sie die Datei, die aus diesem CT entstand, oder rechnen Sie sie auf das Gitter des CTs um.</translation>
    </message>
    <message>
        <source>The labels do not lie on the voxel grid of "{case}". Open the case again, or choose the label file that was made from this CT.</source>
        <translation>Die Labels liegen nicht auf dem Voxelgitter von „{case}“. Öffnen Sie den Fall erneut, oder wählen Sie die Labeldatei, die aus diesem CT entstand.</translation>
    </message>
    <message>
        <source>The mask in the views is that of the replay already.</source>
        <translation>Die Maske in den Ansichten ist bereits die der Wiederholung.</translation>
    </message>
    <message>
        <source>The mask is that of version {version_number} again. Undo takes that back; saving makes it a new version.</source>
        <translation>Die Maske ist wieder die von Version {version_number}. Rückgängig nimmt das zurück; Speichern macht sie zur neuen Version.</translation>
    </message>
    <message>
        <source>The mask is that of version {version_number} already.</source>
        <translation>Die Maske ist bereits die von Version {version_number}.</translation>
    </message>
    <message>
        <source>The mask that is shown began from version {number}, and version {record_version_count} is newer.</source>
        <translation>Die gezeigte Maske begann mit Version {number}, und Version {record_version_count} ist neuer.</translation>
    </message>
    <message>
        <source>The mask that is shown does not contain the newest version of the case, version {record_version_count}.</source>
        <translation>Die gezeigte Maske enthält die neueste Version des Falls, Version {record_version_count}, nicht.</translation>
    </message>
    <message>
        <source>The measures of {cases} were</source>
        <translation>Messwerte von {cases}</translation>
    </message>
    <message>
        <source>The model cannot find the {name} on its own, only: {known}. Use clicks.</source>
        <translation>Das Modell kann „{name}“ nicht von selbst finden, nur: {known}. Verwenden Sie Klicks.</translation>
    </message>
    <message>
        <source>The model could not be made ready.</source>
        <translation>Das Modell konnte nicht vorbereitet werden.</translation>
    </message>
    <message>
        <source>The model file {path_name} cannot be read ({error_strerror}). Install the model again.</source>
        <translation>Die Modelldatei {path_name} kann nicht gelesen werden ({error_strerror}). Installieren Sie das Modell erneut.</translation>
    </message>
    <message>
        <source>The model file {path_name} is not the one that its manifest describes. Install the model again.</source>
        <translation>Die Modelldatei {path_name} ist nicht die, die ihr Manifest beschreibt. Installieren Sie das Modell erneut.</translation>
    </message>
    <message>
        <source>The model is not ready yet. Replay the clicks when it is.</source>
        <translation>Das Modell ist noch nicht bereit. Wiederholen Sie die Klicks, wenn es so weit ist.</translation>
    </message>
    <message>
        <source>The model {model_title} takes clicks on {known} only, not on the {name}. Choose another model or structure.</source>
        <translation>Das Modell {model_title} nimmt nur Klicks auf {known} an, nicht auf „{name}“. Wählen Sie ein anderes Modell oder eine andere Struktur.</translation>
    </message>
    <message>
        <source>The model {model_title} takes no clicks. Choose another one.</source>
        <translation>Das Modell {model_title} nimmt keine Klicks an. Wählen Sie ein anderes.</translation>
    </message>
    <message>
        <source>The model {package_id} cannot be read any more ({error_strerror}). Install it again.</source>
        <translation>Das Modell {package_id} kann nicht mehr gelesen werden ({error_strerror}). Installieren Sie es erneut.</translation>
    </message>
    <message>
        <source>The model {package_id} does not know the {structure}, only: {spec_structures}. Choose another model.</source>
        <translation>Das Modell {package_id} kennt „{structure}“ nicht, nur: {spec_structures}. Wählen Sie ein anderes Modell.</translation>
    </message>
    <message>
        <source>The model {package_id} needs clicks for the {structure}: without clicks it segments {able}. Place a foreground click in it.</source>
        <translation>Das Modell {package_id} braucht hier Klicks ({structure}): Ohne Klicks segmentiert es {able}. Setzen Sie einen Vordergrund-Klick hinein.</translation>
    </message>
    <message>
        <source>The model {package_id} takes no clicks about the {request_structure}. Choose another model.</source>
        <translation>Das Modell {package_id} nimmt hierzu keine Klicks an ({request_structure}). Wählen Sie ein anderes Modell.</translation>
    </message>
    <message>
        <source>The model {package_id} takes no clicks. Choose another model.</source>
        <translation>Das Modell {package_id} nimmt keine Klicks an. Wählen Sie ein anderes Modell.</translation>
    </message>
    <message>
        <source>The network could not be run ({last}). Try again.</source>
        <translation>Das Netz konnte nicht gerechnet werden ({last}). Versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The network could not be run on {device} ({first_line}). Close other programs to free memory and try again.</source>
        <translation>Das Netz konnte auf {device} nicht gerechnet werden ({first_line}). Schließen Sie andere Programme, um Speicher frei zu machen, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The network gave numbers that are none (NaN) on {device}. The mask is unchanged. Update the graphics driver, or install the model again.</source>
        <translation>Das Netz lieferte auf {device} ungültige Zahlen (NaN). Die Maske ist unverändert. Aktualisieren Sie den Grafiktreiber, oder installieren Sie das Modell erneut.</translation>
    </message>
    <message>
        <source>The new model could not be judged: there are too few approved patients in the hold-out ({lacks}; {min_patients} are needed). Approve more of them and compare again, or look at the report and decide yourself. Until then the model stays as it was.</source>
        <translation>Das neue Modell konnte nicht beurteilt werden: In den Testdaten sind zu wenige freigegebene Patienten ({lacks}; {min_patients} sind nötig). Geben Sie weitere frei und vergleichen Sie erneut, oder sehen Sie sich den Bericht an und entscheiden Sie selbst. Bis dahin bleibt das Modell, wie es war.</translation>
    </message>
    <message>
        <source>The new model is better on {patients} held-out patients, and nothing is worse: {gains}.</source>
        <translation>Das neue Modell ist bei {patients} zurückgehaltenen Patienten besser, und nichts ist schlechter: {gains}.</translation>
    </message>
    <message>
        <source>The new model is in use.</source>
        <translation>Das neue Modell ist in Verwendung.</translation>
    </message>
    <message>
        <source>The new model was refused: it is not better than the active one in anything that was measured. The model stays as it was; more or other cases may help.</source>
        <translation>Das neue Modell wurde abgelehnt: Es ist in nichts, was gemessen wurde, besser als das verwendete. Das Modell bleibt, wie es war; mehr oder andere Fälle können helfen.</translation>
    </message>
    <message>
        <source>The new model was refused: {listed}. The model stays as it was.</source>
        <translation>Das neue Modell wurde abgelehnt: {listed}. Das Modell bleibt, wie es war.</translation>
    </message>
    <message>
        <source>The new version of the model could not be made ready, so version {version} goes on answering. {error}</source>
        <translation>Die neue Version des Modells konnte nicht vorbereitet werden, daher antwortet weiter Version {version}. {error}</translation>
    </message>
    <message>
        <source>The open CT is not a case of a project.</source>
        <translation>Das offene CT ist kein Fall eines Projekts.</translation>
    </message>
    <message>
        <source>The orientation of {image_where} is no pair of directions at right angles. Export the series again.</source>
        <translation>Die Orientierung von {image_where} besteht nicht aus zwei rechtwinkligen Richtungen. Exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>The outline of the {active_name} is not closed around this spot. Close it with the brush, or draw with the lasso.</source>
        <translation>Der Umriss ({active_name}) ist um diese Stelle nicht geschlossen. Schließen Sie ihn mit dem Pinsel, oder zeichnen Sie mit dem Lasso.</translation>
    </message>
    <message>
        <source>The pixel spacing of {image_where} is {values} mm. Export the series again.</source>
        <translation>Der Pixelabstand von {image_where} ist {values} mm. Exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>The plan of job {job_id} cannot be read. Resume the job.</source>
        <translation>Der Plan von Auftrag {job_id} lässt sich nicht lesen. Setzen Sie den Auftrag fort.</translation>
    </message>
    <message>
        <source>The position of {image_where} is ({values}) mm. Export the series again.</source>
        <translation>Die Position von {image_where} ist ({values}) mm. Exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>The processor draws the pictures ({facts_opengl}): it works, but less smoothly.</source>
        <translation>Der Prozessor zeichnet die Bilder ({facts_opengl}): Es geht, aber weniger flüssig.</translation>
    </message>
    <message>
        <source>The program is closing: nothing was changed.</source>
        <translation>Das Programm wird geschlossen: Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>The project cannot be locked against other writers ({error_strerror}), so nothing can be changed. Copy the project to a disk of this computer to work on it.</source>
        <translation>Das Projekt kann nicht gegen andere Schreibende gesperrt werden ({error_strerror}), daher kann nichts geändert werden. Kopieren Sie es auf einen Datenträger dieses Computers, um daran zu arbeiten.</translation>
    </message>
    <message>
        <source>The project is open already by {user_name} on {host_name} (process {pid}, since {when}), so this one is for reading only. Close the other one and open the project again to change it.</source>
        <translation>Das Projekt hat schon {user_name} auf {host_name} geöffnet (Prozess {pid}, seit {when}), daher kann es hier nur gelesen werden. Schließen Sie das andere Fenster und öffnen Sie das Projekt erneut, um es zu ändern.</translation>
    </message>
    <message>
        <source>The project is open already, so this one is for reading only. Close the other one and open the project again to change it.</source>
        <translation>Das Projekt ist schon geöffnet, daher kann es hier nur gelesen werden. Schließen Sie das andere Fenster und öffnen Sie das Projekt erneut, um es zu ändern.</translation>
    </message>
    <message>
        <source>The project is read-only in this window.</source>
        <translation>Das Projekt ist in diesem Fenster schreibgeschützt.</translation>
    </message>
    <message>
        <source>The project is read-only in this window: save the mask to a file.</source>
        <translation>Das Projekt ist in diesem Fenster schreibgeschützt: Speichern Sie die Maske in einer Datei.</translation>
    </message>
    <message>
        <source>The project was closed meanwhile. Open it again.</source>
        <translation>Das Projekt wurde inzwischen geschlossen. Öffnen Sie es erneut.</translation>
    </message>
    <message>
        <source>The project was opened to look only.</source>
        <translation>Das Projekt wurde nur zum Ansehen geöffnet.</translation>
    </message>
    <message>
        <source>The project's data base cannot be opened. Check that the folder is there and that you may read and write it.</source>
        <translation>Die Datenbank des Projekts kann nicht geöffnet werden. Prüfen Sie, ob der Ordner da ist und ob Sie dort lesen und schreiben dürfen.</translation>
    </message>
    <message>
        <source>The project's data base cannot be read ({part}). Check the folder's permissions.</source>
        <translation>Die Datenbank des Projekts kann nicht gelesen werden ({part}). Prüfen Sie die Rechte des Ordners.</translation>
    </message>
    <message>
        <source>The project's data base is damaged. Close the project, move the files project.sqlite* elsewhere, and copy the newest file of the folder "backups", or of your own backup, to their place as project.sqlite.</source>
        <translation>Die Datenbank des Projekts ist beschädigt. Schließen Sie das Projekt, verschieben Sie die Dateien project.sqlite* anderswohin, und kopieren Sie die neueste Datei des Ordners „backups“ oder Ihrer eigenen Sicherung als project.sqlite an ihre Stelle.</translation>
    </message>
    <message>
        <source>The project's folder is not writable any more, so nothing was changed. Check its permissions, then open the project again.</source>
        <translation>In den Ordner des Projekts kann nicht mehr geschrieben werden, daher wurde nichts geändert. Prüfen Sie seine Rechte, dann öffnen Sie das Projekt erneut.</translation>
    </message>
    <message>
        <source>The project's folder is read-only ({error_strerror}), so nothing can be changed. Copy the project to a folder of your own to work on it.</source>
        <translation>Der Ordner des Projekts ist schreibgeschützt ({error_strerror}), daher kann nichts geändert werden. Kopieren Sie das Projekt in einen eigenen Ordner, um daran zu arbeiten.</translation>
    </message>
    <message>
        <source>The project's patients are not shared out for training and comparison yet. Draw the splits first: in the project's settings, or with maskwright cases split.</source>
        <translation>Die Patienten des Projekts sind noch nicht auf Training und Vergleich verteilt. Ziehen Sie zuerst die Aufteilung: in den Projekteinstellungen oder mit maskwright cases split.</translation>
    </message>
    <message>
        <source>The proxy does not let {host} through. Ask those who run the network for its address and whether it wants a password (http://name:password@proxy:port).</source>
        <translation>Der Proxy lässt {host} nicht durch. Fragen Sie die Betreiber des Netzwerks nach seiner Adresse und ob er ein Kennwort verlangt (http://name:kennwort@proxy:port).</translation>
    </message>
    <message>
        <source>The proxy's address cannot be used. It begins with http://, such as http://proxy.hospital.org:3128.</source>
        <translation>Die Adresse des Proxys ist unbrauchbar. Sie beginnt mit http://, zum Beispiel http://proxy.hospital.org:3128.</translation>
    </message>
    <message>
        <source>The record of {title} was changed after it was written.</source>
        <translation>Der Eintrag zu {title} wurde nach dem Schreiben geändert.</translation>
    </message>
    <message>
        <source>The rescale slope is negative. Look whether air is black and bone white.</source>
        <translation>Der Rescale Slope ist negativ. Sehen Sie nach, ob Luft schwarz und Knochen weiß ist.</translation>
    </message>
    <message>
        <source>The rescale slope of {image_where} is 0, so all values are equal. Export it again.</source>
        <translation>Der Rescale Slope von {image_where} ist 0, alle Werte sind also gleich. Exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>The segmentation holds fractions; voxels of at least one half count as inside.</source>
        <translation>Die Segmentierung enthält Bruchteile; Voxel ab der Hälfte zählen als innen.</translation>
    </message>
    <message>
        <source>The server does not give {file_name} out (it answers {status}).</source>
        <translation>Der Server gibt {file_name} nicht heraus (er antwortet {status}).</translation>
    </message>
    <message>
        <source>The server leads from one address to the next without end.</source>
        <translation>Der Server leitet endlos von einer Adresse zur nächsten.</translation>
    </message>
    <message>
        <source>The slices lean by {lean_mm} mm over the whole stack, at most a pixel.</source>
        <translation>Die Schichten sind über den ganzen Stapel um {lean_mm} mm geneigt, höchstens ein Pixel.</translation>
    </message>
    <message>
        <source>The splits are drawn already and stay as they are, so that results can be compared. Extend them to assign new patients.</source>
        <translation>Die Aufteilung ist schon ausgelost und bleibt, damit Ergebnisse vergleichbar sind. Ergänzen Sie sie, um neue Patienten zuzuteilen.</translation>
    </message>
    <message>
        <source>The training came off the rails: its numbers grew beyond all bounds. Look at the newest labels, then start it again with another seed.</source>
        <translation>Das Training ist entgleist: Seine Zahlen wuchsen über alle Grenzen. Sehen Sie sich die neuesten Labels an, und starten Sie es dann mit einem anderen Startwert neu.</translation>
    </message>
    <message>
        <source>The unsaved work on {name} does not fit its CT, which has changed since. Put the CT back as it was, then restore.</source>
        <translation>Die ungespeicherte Arbeit an {name} passt nicht zu ihrem CT, das sich seitdem geändert hat. Legen Sie das ursprüngliche CT zurück, dann stellen Sie wieder her.</translation>
    </message>
    <message>
        <source>The values run from {lowest} to {highest}: this is a mask or a picture with grey levels, not a CT in Hounsfield units. Open the CT itself.</source>
        <translation>Die Werte reichen von {lowest} bis {highest}: Dies ist eine Maske oder ein Bild mit Graustufen, kein CT in Hounsfield-Einheiten. Öffnen Sie das CT selbst.</translation>
    </message>
    <message>
        <source>The voxel under the crosshair has {hu} HU, outside of {hu_range} to {hu_range2}. Move the crosshair or widen the range.</source>
        <translation>Das Voxel unter dem Fadenkreuz hat {hu} HU, außerhalb von {hu_range} bis {hu_range2}. Bewegen Sie das Fadenkreuz, oder erweitern Sie den Bereich.</translation>
    </message>
    <message>
        <source>The weights of {package_id} {package_version} cannot be read. Install it again.</source>
        <translation>Die Gewichte von {package_id} {package_version} lassen sich nicht lesen. Installieren Sie das Modell neu.</translation>
    </message>
    <message>
        <source>The weights of {package_id} {package_version} have changed since they were installed. Roll back, or install the model again.</source>
        <translation>Die Gewichte von {package_id} {package_version} haben sich seit der Installation geändert. Rollen Sie zurück oder installieren Sie das Modell neu.</translation>
    </message>
    <message>
        <source>The worker ended without a word again and again at this job, perhaps because memory ran out. Close other programs or choose the preset "small", then resume it.</source>
        <translation>Der Prozess endete bei diesem Auftrag immer wieder ohne ein Wort, vielleicht weil der Arbeitsspeicher nicht reichte. Schließen Sie andere Programme oder wählen Sie die kleinste Einstellung, und setzen Sie ihn dann fort.</translation>
    </message>
    <message>
        <source>The worker said something that this Maskwright does not understand. Are two versions of the program installed?</source>
        <translation>Der Trainingsprozess sagte etwas, das dieses Maskwright nicht versteht. Sind zwei Versionen des Programms installiert?</translation>
    </message>
    <message>
        <source>The worker was ended. The next one goes on with this job.</source>
        <translation>Der Prozess wurde beendet. Der nächste macht mit diesem Auftrag weiter.</translation>
    </message>
    <message>
        <source>The {structure_name} has no empty slices between drawn ones. Draw it in every few slices first.</source>
        <translation>„{structure_name}“ hat keine leeren Schichten zwischen gezeichneten. Zeichnen Sie zuerst alle paar Schichten.</translation>
    </message>
    <message>
        <source>The {structure_name} is empty: draw or segment it first.</source>
        <translation>„{structure_name}“ ist leer: erst zeichnen oder segmentieren.</translation>
    </message>
    <message>
        <source>There are no splits to extend. Draw them first.</source>
        <translation>Es gibt keine Aufteilung zu ergänzen. Losen Sie sie zuerst aus.</translation>
    </message>
    <message>
        <source>There is no NVIDIA driver: networks run on the processor.</source>
        <translation>Es gibt keinen NVIDIA-Treiber: Netze rechnen auf dem Prozessor.</translation>
    </message>
    <message>
        <source>There is no OpenGL: slices and surfaces cannot be drawn.</source>
        <translation>Es gibt kein OpenGL: Schichten und Oberflächen können nicht gezeichnet werden.</translation>
    </message>
    <message>
        <source>There is no approved case in the hold-out to compare on. Draw the splits (maskwright cases split), and approve cases of the hold-out.</source>
        <translation>In den Testdaten gibt es keinen freigegebenen Fall zum Vergleichen. Losen Sie die Aufteilung aus (Projekteinstellungen), und geben Sie Fälle der Testdaten frei.</translation>
    </message>
    <message>
        <source>There is no approved case in the train split to learn from. Approve cases first; the list of cases shows their split.</source>
        <translation>Im Trainingsteil gibt es keinen freigegebenen Fall, aus dem gelernt werden kann. Geben Sie zuerst Fälle frei; die Fallliste zeigt, zu welchem Teil sie gehören.</translation>
    </message>
    <message>
        <source>There is no case to learn from: {held_back_count} are held back. "{first_case}": {first_sentence} Mend the labels and approve them again, or include the cases by name.</source>
        <translation>Es gibt keinen Fall, aus dem gelernt werden kann: {held_back_count} sind zurückgehalten. „{first_case}“: {first_sentence} Berichtigen Sie die Labels und geben Sie sie erneut frei, oder nehmen Sie die Fälle ausdrücklich hinzu.</translation>
    </message>
    <message>
        <source>There is no case {case_id} in this project. Look at the list of cases.</source>
        <translation>Einen Fall {case_id} gibt es in diesem Projekt nicht. Sehen Sie in der Liste der Fälle nach.</translation>
    </message>
    <message>
        <source>There is no display: the window cannot open.</source>
        <translation>Es gibt keine Anzeige: Das Fenster kann nicht geöffnet werden.</translation>
    </message>
    <message>
        <source>There is no file or folder {path}. Check the path.</source>
        <translation>{path} gibt es nicht, weder als Datei noch als Ordner. Prüfen Sie den Pfad.</translation>
    </message>
    <message>
        <source>There is no file or folder {path}. Choose the folder or zip archive of a bundle, or a checkpoint.</source>
        <translation>Die Datei oder den Ordner {path} gibt es nicht. Wählen Sie den Ordner oder das Zip-Archiv eines Bundles, oder einen Checkpoint.</translation>
    </message>
    <message>
        <source>There is no file {path}. Check the path.</source>
        <translation>Die Datei {path} gibt es nicht. Prüfen Sie den Pfad.</translation>
    </message>
    <message>
        <source>There is no job {job_id} in this project. Look at the list of jobs.</source>
        <translation>Einen Auftrag {job_id} gibt es in diesem Projekt nicht. Sehen Sie in der Liste der Aufträge nach.</translation>
    </message>
    <message>
        <source>There is no model {model_id}. Installed: {known}.</source>
        <translation>Ein Modell {model_id} gibt es nicht. Installiert: {known}.</translation>
    </message>
    <message>
        <source>There is no patient without a split to draw. Add cases first; those of data sets that state their split have theirs already.</source>
        <translation>Es gibt keinen Patienten ohne Zuteilung. Fügen Sie zuerst Fälle hinzu; die aus Datensätzen mit eigener Aufteilung haben ihre schon.</translation>
    </message>
    <message>
        <source>There is no slice beyond this one to copy to.</source>
        <translation>Hinter dieser liegt keine Schicht, auf die kopiert werden könnte.</translation>
    </message>
    <message>
        <source>There is no such version in this project. Look at the list of versions.</source>
        <translation>Eine solche Version gibt es in diesem Projekt nicht. Sehen Sie in der Liste der Versionen nach.</translation>
    </message>
    <message>
        <source>There is not enough free memory to open this volume.</source>
        <translation>Es ist nicht genug Speicher frei, um dieses Volumen zu öffnen.</translation>
    </message>
    <message>
        <source>There is not enough free memory to run the network. Close other programs and try again.</source>
        <translation>Es ist nicht genug Speicher frei, um das Netz zu rechnen. Schließen Sie andere Programme und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>There is not enough free memory. Close other programs and try again.</source>
        <translation>Es ist nicht genug Speicher frei. Schließen Sie andere Programme und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>There is too little memory to train: about {gb} are needed and {gb2} are free. Close other programs, then resume the job.</source>
        <translation>Zum Trainieren ist zu wenig Arbeitsspeicher da: Etwa {gb} sind nötig und {gb2} sind frei. Schließen Sie andere Programme und setzen Sie den Auftrag dann fort.</translation>
    </message>
    <message>
        <source>There {few}. Models need a stack that covers the organ: open the whole series, or expect poor results.</source>
        <translation>{few}. Modelle brauchen einen Stapel, der das Organ abdeckt: Öffnen Sie die ganze Serie, oder erwarten Sie schlechte Ergebnisse.</translation>
    </message>
    <message>
        <source>These labels cannot be compared: they do not lie on one grid. Import them again from files that were made from this CT.</source>
        <translation>Diese Labels können nicht verglichen werden: Sie liegen nicht auf einem Gitter. Importieren Sie sie erneut aus Dateien, die aus diesem CT entstanden.</translation>
    </message>
    <message>
        <source>This CT is in the project already, as case {row} "{row2}".</source>
        <translation>Dieses CT ist schon im Projekt, als Fall {row} „{row2}“.</translation>
    </message>
    <message>
        <source>This folder's project.sqlite belongs to another program. Choose another folder.</source>
        <translation>Die project.sqlite dieses Ordners gehört einem anderen Programm. Wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>This model is in use. Choose another, then remove it.</source>
        <translation>Dieses Modell ist in Verwendung. Wählen Sie ein anderes, dann entfernen Sie es.</translation>
    </message>
    <message>
        <source>This model was not made for the {name}. It answers all the same; look closely.</source>
        <translation>Dieses Modell wurde nicht dafür gemacht ({name}). Es antwortet trotzdem; sehen Sie genau hin.</translation>
    </message>
    <message>
        <source>This project has a worker already. It does all jobs in the queue.</source>
        <translation>Dieses Projekt hat schon einen Trainingsprozess. Er erledigt alle Aufträge der Warteschlange.</translation>
    </message>
    <message>
        <source>This project is read-only.</source>
        <translation>Dieses Projekt ist schreibgeschützt.</translation>
    </message>
    <message>
        <source>This project was last opened by a newer Maskwright (its data base has version {version}, this one knows up to {migrations_count}). Install the newer Maskwright to open it; nothing was changed.</source>
        <translation>Dieses Projekt wurde zuletzt von einem neueren Maskwright geöffnet (seine Datenbank hat Version {version}, dieses kennt bis {migrations_count}). Installieren Sie das neuere Maskwright, um es zu öffnen; nichts wurde geändert.</translation>
    </message>
    <message>
        <source>This slice has no {structure_name} to copy. Scroll to a slice that has.</source>
        <translation>Diese Schicht enthält nichts zu kopieren ({structure_name}). Blättern Sie zu einer, die etwas enthält.</translation>
    </message>
    <message>
        <source>This spot belongs to the {active_name} already.</source>
        <translation>Diese Stelle gehört schon dazu ({active_name}).</translation>
    </message>
    <message>
        <source>This spot belongs to the {there_name}, which is locked and will stay as it is.</source>
        <translation>Diese Stelle gehört zu „{there_name}“; diese Struktur ist gesperrt und bleibt, wie sie ist.</translation>
    </message>
    <message>
        <source>Type the comment first.</source>
        <translation>Schreiben Sie zuerst den Kommentar.</translation>
    </message>
    <message>
        <source>Update NVIDIA's driver, then look here again.</source>
        <translation>Aktualisieren Sie den Treiber von NVIDIA, und sehen Sie dann wieder hier nach.</translation>
    </message>
    <message>
        <source>Version {active} is active now, and the candidate of job {job_id} was compared with {compared_with}. Start a new job, which compares with the active one.</source>
        <translation>Jetzt ist Version {active} in Verwendung, und der Kandidat von Auftrag {job_id} wurde mit {compared_with} verglichen. Starten Sie einen neuen Auftrag, der mit der verwendeten vergleicht.</translation>
    </message>
    <message>
        <source>Version {asked} holds no click and no automatic step that could be played again. Choose another version.</source>
        <translation>Version {asked} enthält keinen Klick und keinen automatischen Schritt, der sich wiederholen ließe. Wählen Sie eine andere Version.</translation>
    </message>
    <message>
        <source>Version {number} of {name} has all of the changes already.</source>
        <translation>Version {number} von {name} enthält alle Änderungen bereits.</translation>
    </message>
    <message>
        <source>Version {number} was made with {model_title}, replayed with {now}.</source>
        <translation>Version {number} entstand mit {model_title}, wiederholt mit {now}.</translation>
    </message>
    <message>
        <source>Version {package_version} answers as soon as it is ready.</source>
        <translation>Version {package_version} antwortet, sobald sie bereit ist.</translation>
    </message>
    <message>
        <source>Version {version} answers as soon as it is ready.</source>
        <translation>Version {version} antwortet, sobald sie bereit ist.</translation>
    </message>
    <message>
        <source>Voxels of {i_mm} x {j_mm} x {k_mm} mm are unusual for a CT; the file may count in another unit. Measure something known before you trust volumes.</source>
        <translation>Voxel von {i_mm} x {j_mm} x {k_mm} mm sind für ein CT ungewöhnlich; vielleicht rechnet die Datei in einer anderen Einheit. Messen Sie etwas Bekanntes, bevor Sie Volumina vertrauen.</translation>
    </message>
    <message>
        <source>What came is not {file_name}: its {algorithm_upper} is not {file_digest}. It was thrown away, and nothing was installed. Perhaps a proxy or a page to sign in answered in place of the server.</source>
        <translation>Was kam, ist nicht {file_name}: Seine {algorithm_upper} ist nicht {file_digest}. Es wurde verworfen, und nichts wurde installiert. Vielleicht antwortete ein Proxy oder eine Anmeldeseite anstelle des Servers.</translation>
    </message>
    <message>
        <source>What is at {path} is not the CT that "{case_name}" was made from: its voxels or their place differ. Put the original back or show where it is (relink), or add this one as a case of its own.</source>
        <translation>Was bei {path} liegt, ist nicht das CT, aus dem „{case_name}“ entstand: Seine Voxel oder ihre Lage sind anders. Legen Sie das Original zurück, oder zeigen Sie, wo es ist (verschobenes CT suchen), oder fügen Sie dieses als eigenen Fall hinzu.</translation>
    </message>
    <message>
        <source>What the click did at its old place stays: it is from before the case was opened. A background click takes it away.</source>
        <translation>Was der Klick an seiner alten Stelle bewirkt hat, bleibt: Es stammt aus der Zeit vor dem Öffnen des Falls. Ein Hintergrund-Klick nimmt es weg.</translation>
    </message>
    <message>
        <source>With an NVIDIA card and its driver, clicks are answered faster.</source>
        <translation>Mit einer NVIDIA-Karte und ihrem Treiber werden Klicks schneller beantwortet.</translation>
    </message>
    <message>
        <source>Writing the comment</source>
        <translation>Das Schreiben des Kommentars</translation>
    </message>
    <message>
        <source>a document</source>
        <translation>ein Dokument</translation>
    </message>
    <message>
        <source>a dose distribution</source>
        <translation>eine Dosisverteilung</translation>
    </message>
    <message>
        <source>a list of key images</source>
        <translation>eine Liste von Schlüsselbildern</translation>
    </message>
    <message>
        <source>a presentation state</source>
        <translation>ein Presentation State</translation>
    </message>
    <message>
        <source>a report</source>
        <translation>ein Befund</translation>
    </message>
    <message>
        <source>a segmentation (DICOM SEG)</source>
        <translation>eine Segmentierung (DICOM SEG)</translation>
    </message>
    <message>
        <source>a structure set (RTSTRUCT)</source>
        <translation>ein Structure Set (RTSTRUCT)</translation>
    </message>
    <message>
        <source>a treatment plan</source>
        <translation>ein Bestrahlungsplan</translation>
    </message>
    <message>
        <source>and</source>
        <translation>und</translation>
    </message>
    <message>
        <source>aorta</source>
        <translation>Aorta</translation>
    </message>
    <message>
        <source>approve</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>freigegeben</translation>
    </message>
    <message>
        <source>are only {count} slices, {step} apart</source>
        <translation>Es gibt nur {count} Schichten, Abstand {step}</translation>
    </message>
    <message>
        <source>arterial</source>
        <translation>arteriell</translation>
    </message>
    <message>
        <source>arterial phase</source>
        <translation>arterielle Phase</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>automatic {structure_name}</source>
        <translation>{structure_name} automatisch</translation>
    </message>
    <message>
        <source>axial</source>
        <translation>axial</translation>
    </message>
    <message>
        <source>background click on {structure_name}</source>
        <translation>Hintergrund-Klick auf {structure_name}</translation>
    </message>
    <message>
        <source>beside the CT</source>
        <translation>neben dem CT</translation>
    </message>
    <message>
        <source>brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>choice of a part of {structure_name}</source>
        <translation>Wahl eines Teils von {structure_name}</translation>
    </message>
    <message>
        <source>clearing of {name}</source>
        <translation>Leeren von {name}</translation>
    </message>
    <message>
        <source>clearing of {name} clicks</source>
        <translation>Löschen der Klicks auf {name}</translation>
    </message>
    <message>
        <source>commented</source>
        <translation>kommentiert</translation>
    </message>
    <message>
        <source>comparing the models</source>
        <translation>Vergleich der Modelle</translation>
    </message>
    <message>
        <source>copied slice of {structure_name}</source>
        <translation>Kopierte Schicht von {structure_name}</translation>
    </message>
    <message>
        <source>coronal</source>
        <translation>koronar</translation>
    </message>
    <message>
        <source>cuda-bindings is not installed</source>
        <translation>cuda-bindings ist nicht installiert</translation>
    </message>
    <message>
        <source>cut</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>delayed phase</source>
        <translation>Spätphase</translation>
    </message>
    <message>
        <source>deletion of a click</source>
        <translation>Löschen eines Klicks</translation>
    </message>
    <message>
        <source>difference of {structure_name}</source>
        <translation>Differenz von {structure_name}</translation>
    </message>
    <message>
        <source>duodenum</source>
        <translation>Duodenum</translation>
    </message>
    <message>
        <source>each voxel has {image_getnumberofcomponentsperpixel} values, a CT has one</source>
        <translation>jedes Voxel hat {image_getnumberofcomponentsperpixel} Werte, ein CT hat einen</translation>
    </message>
    <message>
        <source>eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>esophagus</source>
        <translation>Speiseröhre</translation>
    </message>
    <message>
        <source>excluded</source>
        <translation>ausgeschlossen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>fill</source>
        <translation>Füllung</translation>
    </message>
    <message>
        <source>filling between slices of {structure_name}</source>
        <translation>Füllen zwischen Schichten von {structure_name}</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>flagged</source>
        <translation>markiert</translation>
    </message>
    <message>
        <source>foreground click on {structure_name}</source>
        <translation>Vordergrund-Klick auf {structure_name}</translation>
    </message>
    <message>
        <source>gallbladder</source>
        <translation>Gallenblase</translation>
    </message>
    <message>
        <source>growing from seeds of {structure_name}</source>
        <translation>Wachsen aus Saatpunkten von {structure_name}</translation>
    </message>
    <message>
        <source>growing of {structure_name}</source>
        <translation>Vergrößern von {structure_name}</translation>
    </message>
    <message>
        <source>hold-out</source>
        <translation>Testdaten</translation>
    </message>
    <message>
        <source>hole filling of {structure_name}</source>
        <translation>Löcher füllen in {structure_name}</translation>
    </message>
    <message>
        <source>imported</source>
        <translation>importiert</translation>
    </message>
    <message>
        <source>in progress</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <source>in review</source>
        <translation>in Prüfung</translation>
    </message>
    <message>
        <source>inferior vena cava</source>
        <translation>V. cava inferior</translation>
    </message>
    <message>
        <source>interim</source>
        <translation>Zwischenstand</translation>
    </message>
    <message>
        <source>intersection of {structure_name}</source>
        <translation>Schnittmenge von {structure_name}</translation>
    </message>
    <message>
        <source>is one file with many frames</source>
        <translation>ist eine Datei mit vielen Bildern</translation>
    </message>
    <message>
        <source>is only one slice, {step} thick</source>
        <translation>Es gibt nur eine Schicht, {step} dick</translation>
    </message>
    <message>
        <source>it cannot be run ({error})</source>
        <translation>es lässt sich nicht ausführen ({error})</translation>
    </message>
    <message>
        <source>it holds several volumes (time points or channels); save one of them on its own</source>
        <translation>die Datei enthält mehrere Volumina (Zeitpunkte oder Kanäle); speichern Sie eines davon für sich</translation>
    </message>
    <message>
        <source>it holds {extra} volumes (time points or channels); save one of them on its own</source>
        <translation>die Datei enthält {extra} Volumina (Zeitpunkte oder Kanäle); speichern Sie eines davon für sich</translation>
    </message>
    <message>
        <source>it is an Analyze file, or its header is damaged; save it as NIfTI</source>
        <translation>es ist eine Analyze-Datei, oder ihr Kopf ist beschädigt; speichern Sie sie als NIfTI</translation>
    </message>
    <message>
        <source>it is not a NIfTI file, or its header is damaged; choose another file</source>
        <translation>es ist keine NIfTI-Datei, oder ihr Kopf ist beschädigt; wählen Sie eine andere</translation>
    </message>
    <message>
        <source>its exported network answers otherwise than the trained one</source>
        <translation>sein exportiertes Netz antwortet anders als das trainierte</translation>
    </message>
    <message>
        <source>its header is damaged (dimensions)</source>
        <translation>ihr Kopf ist beschädigt (Dimensionen)</translation>
    </message>
    <message>
        <source>its header is damaged (voxel offset)</source>
        <translation>ihr Kopf ist beschädigt (Voxel-Offset)</translation>
    </message>
    <message>
        <source>its orientation (quaternion) is damaged</source>
        <translation>ihre Orientierung (Quaternion) ist beschädigt</translation>
    </message>
    <message>
        <source>its voxel size is {fields} mm; write it again from the original CT</source>
        <translation>ihre Voxelgröße ist {fields} mm; schreiben Sie sie erneut aus dem Original-CT</translation>
    </message>
    <message>
        <source>its voxel size is {sizes} mm; write it again from the original CT</source>
        <translation>ihre Voxelgröße ist {sizes} mm; schreiben Sie sie erneut aus dem Original-CT</translation>
    </message>
    <message>
        <source>its voxel size or position (sform) is zero or not a number</source>
        <translation>ihre Voxelgröße oder Position (sform) ist null oder keine Zahl</translation>
    </message>
    <message>
        <source>its voxel size or position is zero or not a number</source>
        <translation>ihre Voxelgröße oder Position ist null oder keine Zahl</translation>
    </message>
    <message>
        <source>its voxels lie in a second file; save it as one .nii file</source>
        <translation>ihre Voxel liegen in einer zweiten Datei; speichern Sie sie als eine .nii-Datei</translation>
    </message>
    <message>
        <source>its weights are not finite numbers</source>
        <translation>seine Gewichte sind keine endlichen Zahlen</translation>
    </message>
    <message>
        <source>large</source>
        <translation>groß</translation>
    </message>
    <message>
        <source>largest part of {structure_name}</source>
        <translation>Größter Teil von {structure_name}</translation>
    </message>
    <message>
        <source>lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <source>left</source>
        <translation>linke</translation>
    </message>
    <message>
        <source>left adrenal gland</source>
        <translation>linke Nebenniere</translation>
    </message>
    <message>
        <source>left kidney</source>
        <translation>linke Niere</translation>
    </message>
    <message>
        <source>liver</source>
        <translation>Leber</translation>
    </message>
    <message>
        <source>lower</source>
        <translation>untere</translation>
    </message>
    <message>
        <source>mean Dice after clicks</source>
        <translation>mittlerer Dice nach Klicks</translation>
    </message>
    <message>
        <source>median of {structure_name}</source>
        <translation>Median von {structure_name}</translation>
    </message>
    <message>
        <source>move of {click}</source>
        <translation>Verschieben: {click}</translation>
    </message>
    <message>
        <source>nephrographic phase</source>
        <translation>nephrographische Phase</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
    </message>
    <message>
        <source>not tried: {kind_named_title} is fast and agrees</source>
        <translation>nicht ausprobiert: {kind_named_title} ist schnell und stimmt überein</translation>
    </message>
    <message>
        <source>not tried: {kind_named_title} was asked for</source>
        <translation>nicht ausprobiert: {kind_named_title} war gewünscht</translation>
    </message>
    <message>
        <source>onnxruntime-gpu is not installed</source>
        <translation>onnxruntime-gpu ist nicht installiert</translation>
    </message>
    <message>
        <source>opening of {file}</source>
        <translation>Öffnen von {file}</translation>
    </message>
    <message>
        <source>openvino is not installed</source>
        <translation>openvino ist nicht installiert</translation>
    </message>
    <message>
        <source>organ</source>
        <translation>Organ</translation>
    </message>
    <message>
        <source>pancreas</source>
        <translation>Pankreas</translation>
    </message>
    <message>
        <source>pancreas tumour</source>
        <translation>Pankreastumor</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>portal and splenic vein</source>
        <translation>Pfortader und Milzvene</translation>
    </message>
    <message>
        <source>portal venous</source>
        <translation>portalvenös</translation>
    </message>
    <message>
        <source>portal venous phase</source>
        <translation>portalvenöse Phase</translation>
    </message>
    <message>
        <source>preparing the cases</source>
        <translation>Vorbereitung der Fälle</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>in der Warteschlange</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>removal of a part of {structure_name}</source>
        <translation>Entfernen eines Teils von {structure_name}</translation>
    </message>
    <message>
        <source>removal of small parts of {structure_name}</source>
        <translation>Entfernen kleiner Teile von {structure_name}</translation>
    </message>
    <message>
        <source>reopened</source>
        <translation>wieder geöffnet</translation>
    </message>
    <message>
        <source>replay of version {number}</source>
        <translation>Wiederholung von Version {number}</translation>
    </message>
    <message>
        <source>restored changes</source>
        <translation>wiederhergestellte Änderungen</translation>
    </message>
    <message>
        <source>return to version {number}</source>
        <translation>Rückkehr zu Version {number}</translation>
    </message>
    <message>
        <source>returned</source>
        <translation>zurückgegeben</translation>
    </message>
    <message>
        <source>right</source>
        <translation>rechte</translation>
    </message>
    <message>
        <source>right adrenal gland</source>
        <translation>rechte Nebenniere</translation>
    </message>
    <message>
        <source>right kidney</source>
        <translation>rechte Niere</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>sagittal</source>
        <translation>sagittal</translation>
    </message>
    <message>
        <source>share of harmful clicks</source>
        <translation>Anteil schädlicher Klicks</translation>
    </message>
    <message>
        <source>shrinking of {structure_name}</source>
        <translation>Verkleinern von {structure_name}</translation>
    </message>
    <message>
        <source>slice {number}</source>
        <translation>Schicht {number}</translation>
    </message>
    <message>
        <source>small</source>
        <translation>klein</translation>
    </message>
    <message>
        <source>smoothing of {structure_name}</source>
        <translation>Glätten von {structure_name}</translation>
    </message>
    <message>
        <source>spleen</source>
        <translation>Milz</translation>
    </message>
    <message>
        <source>started</source>
        <translation>begonnen</translation>
    </message>
    <message>
        <source>stomach</source>
        <translation>Magen</translation>
    </message>
    <message>
        <source>structure</source>
        <translation>Struktur</translation>
    </message>
    <message>
        <source>submit</source>
        <translation>Einreichen</translation>
    </message>
    <message>
        <source>submitted</source>
        <translation>eingereicht</translation>
    </message>
    <message>
        <source>surface Dice at 2 mm</source>
        <translation>Oberflächen-Dice bei 2 mm</translation>
    </message>
    <message>
        <source>the disk is full. Free some space</source>
        <translation>der Datenträger ist voll. Schaffen Sie Platz</translation>
    </message>
    <message>
        <source>the disk is full. Free some space, or save to another disk</source>
        <translation>der Datenträger ist voll. Schaffen Sie Platz, oder speichern Sie auf einem anderen</translation>
    </message>
    <message>
        <source>the disk is read-only. Choose another folder</source>
        <translation>der Datenträger ist schreibgeschützt. Wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>the disk is read-only. Save to another folder</source>
        <translation>der Datenträger ist schreibgeschützt. Speichern Sie in einem anderen Ordner</translation>
    </message>
    <message>
        <source>the disk reports an error. Save to another disk</source>
        <translation>der Datenträger meldet einen Fehler. Speichern Sie auf einem anderen</translation>
    </message>
    <message>
        <source>the disk takes no file of this size. Save to another disk</source>
        <translation>der Datenträger nimmt keine Datei dieser Größe. Speichern Sie auf einem anderen</translation>
    </message>
    <message>
        <source>the folder does not exist. Make it, or save to another folder</source>
        <translation>den Ordner gibt es nicht. Legen Sie ihn an, oder speichern Sie in einem anderen</translation>
    </message>
    <message>
        <source>the name is too long. Choose a shorter name</source>
        <translation>der Name ist zu lang. Wählen Sie einen kürzeren</translation>
    </message>
    <message>
        <source>there is a file of this name. Choose another name</source>
        <translation>es gibt eine Datei dieses Namens. Wählen Sie einen anderen Namen</translation>
    </message>
    <message>
        <source>there is a folder of this name. Choose another name</source>
        <translation>es gibt einen Ordner dieses Namens. Wählen Sie einen anderen Namen</translation>
    </message>
    <message>
        <source>there is no NVIDIA driver</source>
        <translation>es gibt keinen NVIDIA-Treiber</translation>
    </message>
    <message>
        <source>this ONNX Runtime was built without CUDA</source>
        <translation>diese ONNX Runtime wurde ohne CUDA gebaut</translation>
    </message>
    <message>
        <source>this folder is not writable for you. Save to another folder</source>
        <translation>in diesen Ordner dürfen Sie nicht schreiben. Speichern Sie in einem anderen</translation>
    </message>
    <message>
        <source>this place is not writable for you. Choose another folder</source>
        <translation>hier dürfen Sie nicht schreiben. Wählen Sie einen anderen Ordner</translation>
    </message>
    <message>
        <source>train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>undo of {change_name}</source>
        <translation>Rücknahme: {change_name}</translation>
    </message>
    <message>
        <source>unflagged</source>
        <translation>Markierung aufgehoben</translation>
    </message>
    <message>
        <source>union with {structure_name}</source>
        <translation>Vereinigung mit {structure_name}</translation>
    </message>
    <message>
        <source>upper</source>
        <translation>obere</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>with contrast agent</source>
        <translation>mit Kontrastmittel</translation>
    </message>
    <message>
        <source>your disk quota is used up. Free some space</source>
        <translation>Ihr Speicherkontingent ist aufgebraucht. Schaffen Sie Platz</translation>
    </message>
    <message>
        <source>your disk quota is used up. Free some space, or save to another disk</source>
        <translation>Ihr Speicherkontingent ist aufgebraucht. Schaffen Sie Platz, oder speichern Sie auf einem anderen Datenträger</translation>
    </message>
    <message>
        <source>{already_there_count} already there</source>
        <translation>{already_there_count} schon vorhanden</translation>
    </message>
    <message>
        <source>{caliper_length_mm} mm</source>
        <translation>{caliper_length_mm} mm</translation>
    </message>
    <message>
        <source>{candidate_id} {candidate_version} is in use already.</source>
        <translation>{candidate_id} {candidate_version} ist schon in Verwendung.</translation>
    </message>
    <message>
        <source>{cases} added</source>
        <translation>{cases} hinzugefügt</translation>
    </message>
    <message>
        <source>{clipped} voxels have values that no CT has and were set to {int16_min} or {int16_max} HU.</source>
        <translation>{clipped} Voxel haben Werte, die kein CT hat, und wurden auf {int16_min} oder {int16_max} HU gesetzt.</translation>
    </message>
    <message>
        <source>{contours_are} between the CT's slices and put on the nearest one. The file was drawn on another series; check the result.</source>
        <translation>{contours_are} zwischen den Schichten des CTs und wurden auf die nächste gelegt. Die Datei wurde auf einer anderen Serie gezeichnet; prüfen Sie das Ergebnis.</translation>
    </message>
    <message>
        <source>{contours_are} in no slice of the CT and left out. The file was drawn on another series; check the result.</source>
        <translation>{contours_are} in keiner Schicht des CTs und wurden ausgelassen. Die Datei wurde auf einer anderen Serie gezeichnet; prüfen Sie das Ergebnis.</translation>
    </message>
    <message>
        <source>{count} CT series without slices</source>
        <translation>{count} CT-Serien ohne Schichten</translation>
    </message>
    <message>
        <source>{count} DICOM RTSTRUCTs were</source>
        <translation>{count} DICOM RTSTRUCTs</translation>
    </message>
    <message>
        <source>{count} DICOM SEGs were</source>
        <translation>{count} DICOM SEGs</translation>
    </message>
    <message>
        <source>{count} cases</source>
        <translation>{count} Fälle</translation>
    </message>
    <message>
        <source>{count} contours are</source>
        <translation>{count} Konturen liegen</translation>
    </message>
    <message>
        <source>{count} holes</source>
        <translation>{count} Löcher</translation>
    </message>
    <message>
        <source>{count} images were</source>
        <translation>{count} Bilder wurden</translation>
    </message>
    <message>
        <source>{count} islands</source>
        <translation>{count} Inseln</translation>
    </message>
    <message>
        <source>{count} label files</source>
        <translation>{count} Labeldateien</translation>
    </message>
    <message>
        <source>{count} label maps were</source>
        <translation>{count} Labelkarten</translation>
    </message>
    <message>
        <source>{count} localizers</source>
        <translation>{count} Übersichtsaufnahmen</translation>
    </message>
    <message>
        <source>{count} mL</source>
        <translation>{count} mL</translation>
    </message>
    <message>
        <source>{count} more objections in the report</source>
        <translation>{count} weitere Einwände im Bericht</translation>
    </message>
    <message>
        <source>{count} steps</source>
        <translation>{count} Schritte</translation>
    </message>
    <message>
        <source>{count} steps by hand or from files were not played.</source>
        <translation>{count} Schritte von Hand oder aus Dateien wurden nicht wiederholt.</translation>
    </message>
    <message>
        <source>{count} surfaces of {cases} were</source>
        <translation>{count} Oberflächen von {cases}</translation>
    </message>
    <message>
        <source>{count} voxels are</source>
        <translation>{count} Voxel liegen</translation>
    </message>
    <message>
        <source>{count} {modality} series</source>
        <translation>{count} Serien ({modality})</translation>
    </message>
    <message>
        <source>{ct_label} holds labels, not Hounsfield units.</source>
        <translation>{ct_label} enthält Labels, keine Hounsfield-Einheiten.</translation>
    </message>
    <message>
        <source>{damaged_count} damaged DICOM files were left out. {damaged}</source>
        <translation>{damaged_count} beschädigte DICOM-Dateien wurden ausgelassen. {damaged}</translation>
    </message>
    <message>
        <source>{engine_device}: {seconds}, the reference</source>
        <translation>{engine_device}: {seconds}, die Referenz</translation>
    </message>
    <message>
        <source>{engine_title} is not used: {engine_reason}.</source>
        <translation>{engine_title} wird nicht verwendet: {engine_reason}.</translation>
    </message>
    <message>
        <source>{engine_title} is used. {engine_reason}.</source>
        <translation>{engine_title} wird verwendet. {engine_reason}.</translation>
    </message>
    <message>
        <source>{engine_title} on CPU, 1 thread</source>
        <translation>{engine_title} auf CPU, 1 Thread</translation>
    </message>
    <message>
        <source>{engine_title} on CPU, {count} threads</source>
        <translation>{engine_title} auf CPU, {count} Threads</translation>
    </message>
    <message>
        <source>{engine_title} would do. {engine_reason}.</source>
        <translation>{engine_title} wäre möglich. {engine_reason}.</translation>
    </message>
    <message>
        <source>{error} Until then a crash would lose your latest steps: save often.</source>
        <translation>{error} Bis dahin gingen bei einem Absturz Ihre letzten Schritte verloren: Speichern Sie oft.</translation>
    </message>
    <message>
        <source>{error}. Is there a network?</source>
        <translation>{error}. Gibt es ein Netzwerk?</translation>
    </message>
    <message>
        <source>{facts_gpu} is there, but no engine can use it: {reasons}.</source>
        <translation>{facts_gpu} ist da, aber keine Engine kann sie verwenden: {reasons}.</translation>
    </message>
    <message>
        <source>{facts_processor}, {facts_cores} cores.</source>
        <translation>{facts_processor}, {facts_cores} Kerne.</translation>
    </message>
    <message>
        <source>{file_name} defines "{key}" as a region of several labels. Maskwright keeps one structure for each voxel: replace the regions by single labels.</source>
        <translation>{file_name} definiert „{key}“ als Region aus mehreren Labels. Maskwright hält eine Struktur je Voxel: Ersetzen Sie die Regionen durch einzelne Labels.</translation>
    </message>
    <message>
        <source>{file_name} describes no data set: it is not a JSON object.</source>
        <translation>{file_name} beschreibt keinen Datensatz: Es ist kein JSON-Objekt.</translation>
    </message>
    <message>
        <source>{file_name} has no voxel of a structure that is wanted, so nothing was imported. Choose the label file of this CT.</source>
        <translation>{file_name} hat kein Voxel einer gewünschten Struktur, daher wurde nichts importiert. Wählen Sie die Labeldatei dieses CTs.</translation>
    </message>
    <message>
        <source>{file_name} has structures that the organ table lacks; they were kept under free label values: {listed}.</source>
        <translation>{file_name} hat Strukturen, die in der Organtabelle fehlen; sie wurden unter freien Labelwerten behalten: {listed}.</translation>
    </message>
    <message>
        <source>{file_name} is not JSON, so it describes no data set.</source>
        <translation>{file_name} ist kein JSON und beschreibt also keinen Datensatz.</translation>
    </message>
    <message>
        <source>{file_name} is too large for the description of a data set.</source>
        <translation>{file_name} ist zu groß für die Beschreibung eines Datensatzes.</translation>
    </message>
    <message>
        <source>{file_name} lists no case. A data set is a Decathlon or nnU-Net folder with {descriptions}, or a JSON file with a "training" list.</source>
        <translation>{file_name} führt keinen Fall auf. Ein Datensatz ist ein Decathlon- oder nnU-Net-Ordner mit {descriptions}, oder eine JSON-Datei mit einer Liste „training“.</translation>
    </message>
    <message>
        <source>{file_name} needs {part} MB more, and the disk has {part2} MB. Free some space and start again.</source>
        <translation>{file_name} braucht noch {part} MB, und der Datenträger hat {part2} MB frei. Schaffen Sie Platz und beginnen Sie erneut.</translation>
    </message>
    <message>
        <source>{files_name} is no bundle that can be used: it has no {configs} (or .yaml). Choose the folder that holds configs and models.</source>
        <translation>{files_name} ist kein brauchbares Bundle: {configs} (oder .yaml) fehlt. Wählen Sie den Ordner, der configs und models enthält.</translation>
    </message>
    <message>
        <source>{files_name} is no bundle: it has no {metadata}. Choose the folder that holds configs and models, or a checkpoint (.pt) of a known network.</source>
        <translation>{files_name} ist kein Bundle: {metadata} fehlt. Wählen Sie den Ordner, der configs und models enthält, oder einen Checkpoint (.pt) eines bekannten Netzes.</translation>
    </message>
    <message>
        <source>{files}, with the DICOM series that it refers to, was</source>
        <translation>{files} mit der DICOM-Serie, auf die es verweist</translation>
    </message>
    <message>
        <source>{files}, with the DICOM series that they refer to, were</source>
        <translation>{files} mit den DICOM-Serien, auf die sie verweisen</translation>
    </message>
    <message>
        <source>{folder_name} holds no DICOM files, but {others}: open that file itself.</source>
        <translation>{folder_name} enthält keine DICOM-Dateien, aber {others}: Öffnen Sie diese Datei selbst.</translation>
    </message>
    <message>
        <source>{folder_name} holds no DICOM files. Choose the folder with the CT's images.</source>
        <translation>{folder_name} enthält keine DICOM-Dateien. Wählen Sie den Ordner mit den Bildern des CTs.</translation>
    </message>
    <message>
        <source>{folder_name} holds other files. Choose an empty folder for the project, or a new name.</source>
        <translation>{folder_name} enthält andere Dateien. Wählen Sie für das Projekt einen leeren Ordner, oder einen neuen Namen.</translation>
    </message>
    <message>
        <source>{folder_name} is a project already. Open it instead.</source>
        <translation>{folder_name} ist schon ein Projekt. Öffnen Sie es stattdessen.</translation>
    </message>
    <message>
        <source>{folder_name} is no model package: it has no {manifest}.</source>
        <translation>{folder_name} ist kein Modellpaket: {manifest} fehlt.</translation>
    </message>
    <message>
        <source>{folder_name} is no project: it has no file {database}. Choose the project's own folder, or make a new project.</source>
        <translation>{folder_name} ist kein Projekt: Die Datei {database} fehlt. Wählen Sie den Ordner des Projekts selbst, oder legen Sie ein neues an.</translation>
    </message>
    <message>
        <source>{folder_name} is not empty. A data set needs a folder of its own: choose an empty one, or a new name.</source>
        <translation>{folder_name} ist nicht leer. Ein Datensatz braucht einen eigenen Ordner: Wählen Sie einen leeren, oder einen neuen Namen.</translation>
    </message>
    <message>
        <source>{folder_name} is there already and holds another CT. Export to another folder.</source>
        <translation>{folder_name} ist schon da und enthält ein anderes CT. Exportieren Sie in einen anderen Ordner.</translation>
    </message>
    <message>
        <source>{folder_name} was not saved: DICOM cannot hold a grid whose axes are not at right angles. Save as NIfTI instead.</source>
        <translation>{folder_name} wurde nicht gespeichert: DICOM kann kein Gitter mit schiefwinkligen Achsen aufnehmen. Speichern Sie stattdessen als NIfTI.</translation>
    </message>
    <message>
        <source>{folder_name} was not saved: what was written did not read back the same. The disk may be full or damaged; save to another one.</source>
        <translation>{folder_name} wurde nicht gespeichert: Das Geschriebene ließ sich nicht gleich zurücklesen. Der Datenträger ist vielleicht voll oder beschädigt; speichern Sie auf einem anderen.</translation>
    </message>
    <message>
        <source>{found_area_mm2} mm²   ⌀ {part} mm</source>
        <translation>{found_area_mm2} mm²   ⌀ {part} mm</translation>
    </message>
    <message>
        <source>{found_mean_hu} ± {found_sd_hu} HU</source>
        <translation>{found_mean_hu} ± {found_sd_hu} HU</translation>
    </message>
    <message>
        <source>{found_min_hu} to {found_max_hu} HU</source>
        <translation>{found_min_hu} bis {found_max_hu} HU</translation>
    </message>
    <message>
        <source>{host} cannot be reached</source>
        <translation>{host} ist nicht erreichbar</translation>
    </message>
    <message>
        <source>{image_where} does not say where it lies in the patient (no image position or orientation). Export the original images.</source>
        <translation>{image_where} sagt nicht, wo es im Patienten liegt (keine Bildposition oder -orientierung). Exportieren Sie die Originalbilder.</translation>
    </message>
    <message>
        <source>{image_where} has no pixel spacing, so nothing could be measured. Export the original images, not screenshots.</source>
        <translation>{image_where} hat keinen Pixelabstand, nichts könnte gemessen werden. Exportieren Sie die Originalbilder, keine Bildschirmfotos.</translation>
    </message>
    <message>
        <source>{image_where} has no size (rows, columns). Export the series again.</source>
        <translation>{image_where} hat keine Größe (Zeilen, Spalten). Exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>{image_where} holds {plane_shape}x{plane_shape2} pixels, its header says {image_columns}x{image_rows}. Copy or export the series again.</source>
        <translation>{image_where} enthält {plane_shape}x{plane_shape2} Pixel, der Kopf sagt {image_columns}x{image_rows}. Kopieren oder exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>{image_where} is a picture with {kind}, not a CT slice; screenshots and dose reports look like this. Open another series.</source>
        <translation>{image_where} ist ein Bild mit {kind}, keine CT-Schicht; so sehen Bildschirmfotos und Dosisberichte aus. Öffnen Sie eine andere Serie.</translation>
    </message>
    <message>
        <source>{image_where} is cut short. Copy or export the series again.</source>
        <translation>{image_where} ist unvollständig. Kopieren oder exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>{image_where} is cut short: {pixels_byte_count} of {expected} bytes of its pixels are there. Copy or export the series again.</source>
        <translation>{image_where} ist unvollständig: {pixels_byte_count} von {expected} Byte seiner Pixel sind da. Kopieren oder exportieren Sie die Serie erneut.</translation>
    </message>
    <message>
        <source>{image_where} stores {pixels_bits_stored} of {pixels_bits_allocated} bits, which no CT does. It is damaged; export it again.</source>
        <translation>{image_where} speichert {pixels_bits_stored} von {pixels_bits_allocated} Bit, was kein CT tut. Die Datei ist beschädigt; exportieren Sie sie erneut.</translation>
    </message>
    <message>
        <source>{images_were} left out: copies of others in the folder.</source>
        <translation>{images_were} ausgelassen: Kopien anderer Bilder im Ordner.</translation>
    </message>
    <message>
        <source>{images_were} left out: localizer (scout).</source>
        <translation>{images_were} ausgelassen: Übersichtsaufnahme (Scout).</translation>
    </message>
    <message>
        <source>{labelled} with labels</source>
        <translation>{labelled} mit Labels</translation>
    </message>
    <message>
        <source>{line_structure}: {line_measure} rose from {line_active} to {line_candidate}</source>
        <translation>{line_structure}: {line_measure} stieg von {line_active} auf {line_candidate}</translation>
    </message>
    <message>
        <source>{missing} cases were</source>
        <translation>{missing} Fälle wurden</translation>
    </message>
    <message>
        <source>{missing} slices are</source>
        <translation>{missing} Schichten fehlen</translation>
    </message>
    <message>
        <source>{model_id} cannot be used: it is not installed any more.</source>
        <translation>{model_id} kann nicht verwendet werden: Es ist nicht mehr installiert.</translation>
    </message>
    <message>
        <source>{model_id} is as it was installed. There is no earlier version to go back to.</source>
        <translation>{model_id} ist, wie es installiert wurde. Es gibt keine frühere Version.</translation>
    </message>
    <message>
        <source>{model_title} comes under the {licence}. It was trained on the Medical Segmentation Decathlon ({task}), CC BY-SA 4.0, http://medicaldecathlon.com/. For research use only: it is no medical device.</source>
        <translation>{model_title} steht unter der {licence}. Trainiert wurde es mit dem Medical Segmentation Decathlon ({task}), CC BY-SA 4.0, http://medicaldecathlon.com/. Nur für die Forschung: Es ist kein Medizinprodukt.</translation>
    </message>
    <message>
        <source>{named}, so it is not a CT. Only CT can be segmented.</source>
        <translation>{named}, also ist es kein CT. Nur CT kann segmentiert werden.</translation>
    </message>
    <message>
        <source>{name} has the CT's size but lies elsewhere in the patient (its middle is {distance_mm} mm away, or its axes point otherwise). {advice}</source>
        <translation>{name} ist so groß wie das CT, liegt aber anderswo im Patienten (die Mitte ist {distance_mm} mm entfernt, oder die Achsen zeigen anders). {advice}</translation>
    </message>
    <message>
        <source>{name} has {size} voxels, the CT has {size2}: it belongs to another image. {advice}</source>
        <translation>{name} hat {size} Voxel, das CT hat {size2}: Die Datei gehört zu einem anderen Bild. {advice}</translation>
    </message>
    <message>
        <source>{name} holds fractions, so it is a probability map or a CT; a label map has whole numbers from 0 to 255. Save it as labels first.</source>
        <translation>{name} enthält Bruchteile und ist damit eine Wahrscheinlichkeitskarte oder ein CT; eine Labelkarte hat ganze Zahlen von 0 bis 255. Speichern Sie sie zuerst als Labels.</translation>
    </message>
    <message>
        <source>{name} holds values from {lowest} to {highest}; a label map has whole numbers from 0 to 255. Choose the file with the labels, not the CT.</source>
        <translation>{name} enthält Werte von {lowest} bis {highest}; eine Labelkarte hat ganze Zahlen von 0 bis 255. Wählen Sie die Datei mit den Labels, nicht das CT.</translation>
    </message>
    <message>
        <source>{name} is a TorchScript file: program code, not only weights. Import the bundle's model.pt instead, or its folder.</source>
        <translation>{name} ist eine TorchScript-Datei: Programmcode, nicht nur Gewichte. Importieren Sie stattdessen die model.pt des Bundles, oder seinen Ordner.</translation>
    </message>
    <message>
        <source>{name} is no checkpoint of weights. Choose the file that the training saved, model.pt for example.</source>
        <translation>{name} ist kein Checkpoint mit Gewichten. Wählen Sie die Datei, die das Training gespeichert hat, zum Beispiel model.pt.</translation>
    </message>
    <message>
        <source>{name} is there already and was left as it is. Export to another folder, or allow that older files are replaced (in a command: --overwrite).</source>
        <translation>{name} ist schon da und blieb, wie es ist. Exportieren Sie in einen anderen Ordner, oder erlauben Sie, vorhandene Dateien zu ersetzen.</translation>
    </message>
    <message>
        <source>{name} names another frame of reference than the CT, so it may belong to another examination. Check that its outlines lie on the organs.</source>
        <translation>{name} nennt ein anderes Bezugssystem (Frame of Reference) als das CT und gehört vielleicht zu einer anderen Untersuchung. Prüfen Sie, ob die Umrisse auf den Organen liegen.</translation>
    </message>
    <message>
        <source>{name} stays open: its unsaved changes cannot be written to the disk. Save the mask somewhere else, or free some space, and try again.</source>
        <translation>{name} bleibt offen: Die ungespeicherten Änderungen können nicht auf den Datenträger geschrieben werden. Speichern Sie die Maske anderswo, oder schaffen Sie Platz, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>{name} was refused: {error}. Weights need none of that; nothing was run. Ask its author for a file with the weights only (a state_dict).</source>
        <translation>{name} wurde abgelehnt: {error}. Gewichte brauchen nichts davon; nichts wurde ausgeführt. Bitten Sie den Autor um eine Datei nur mit den Gewichten (ein state_dict).</translation>
    </message>
    <message>
        <source>{notice} From now on {now} answers. Nothing is lost.</source>
        <translation>{notice} Ab jetzt antwortet {now}. Nichts ist verloren.</translation>
    </message>
    <message>
        <source>{notice} Nothing is lost.</source>
        <translation>{notice} Nichts ist verloren.</translation>
    </message>
    <message>
        <source>{now} clicks instead of {before} for the {structure} ({cases})</source>
        <translation>{now} Klicks statt {before} bei „{structure}“ ({cases})</translation>
    </message>
    <message>
        <source>{number} more for the {structure}</source>
        <translation>{number} mehr bei „{structure}“</translation>
    </message>
    <message>
        <source>{package_id} cannot be fine-tuned: its network is no {network}.</source>
        <translation>{package_id} lässt sich nicht nachtrainieren: Sein Netz ist kein {network}.</translation>
    </message>
    <message>
        <source>{package_id} cannot be fine-tuned: its package has no click network with weights. Choose a model that answers clicks in a box, such as the shipped one, or an imported bundle with weights.</source>
        <translation>{package_id} lässt sich nicht nachtrainieren: Sein Paket hat kein Klicknetz mit Gewichten. Wählen Sie ein Modell, das auf Klicks in einem Quader antwortet, etwa das mitgelieferte, oder ein importiertes Bundle mit Gewichten.</translation>
    </message>
    <message>
        <source>{package_id} cannot be fine-tuned: its package has no weights that can be trained (a network that came as TorchScript or with code of its own has none). Choose another model, or import the bundle with its checkpoint.</source>
        <translation>{package_id} lässt sich nicht nachtrainieren: Sein Paket hat keine trainierbaren Gewichte (ein Netz, das als TorchScript oder mit eigenem Code kam, hat keine). Wählen Sie ein anderes Modell, oder importieren Sie das Bundle mit seinem Checkpoint.</translation>
    </message>
    <message>
        <source>{package_id} knows {spec_structures} only, and its network ({base_architecture}) cannot be given another structure. Leave the other structures out of the labels, or improve a model that answers clicks on any structure.</source>
        <translation>{package_id} kennt nur {spec_structures}, und sein Netz ({base_architecture}) kann keine weitere Struktur bekommen. Lassen Sie die anderen Strukturen aus den Labels, oder verbessern Sie ein Modell, das auf Klicks auf jede Struktur antwortet.</translation>
    </message>
    <message>
        <source>{package_title} is installed: {package_structures}.</source>
        <translation>{package_title} ist installiert: {package_structures}.</translation>
    </message>
    <message>
        <source>{package} is not installed</source>
        <translation>{package} ist nicht installiert</translation>
    </message>
    <message>
        <source>{part} GB are free where the program keeps its files.</source>
        <translation>{part} GB sind dort frei, wo das Programm seine Dateien ablegt.</translation>
    </message>
    <message>
        <source>{part} GB, of which {part2} GB are free.</source>
        <translation>{part} GB, davon {part2} GB frei.</translation>
    </message>
    <message>
        <source>{part} cases</source>
        <translation>{part} Fälle</translation>
    </message>
    <message>
        <source>{part} cases segmented</source>
        <translation>{part} Fälle segmentiert</translation>
    </message>
    <message>
        <source>{part} missing: {a} and {b} are {gaps_mm} mm apart, others {usual_mm} mm. Copy or export the whole series again.</source>
        <translation>{part}: {a} und {b} liegen {gaps_mm} mm auseinander, andere {usual_mm} mm. Kopieren oder exportieren Sie die ganze Serie erneut.</translation>
    </message>
    <message>
        <source>{part} not written.</source>
        <translation>{part} nicht geschrieben.</translation>
    </message>
    <message>
        <source>{path_name} cannot be decompressed: it is damaged, or its compression is not supported. Export the series uncompressed.</source>
        <translation>{path_name} kann nicht dekomprimiert werden: Die Datei ist beschädigt, oder ihre Kompression wird nicht unterstützt. Exportieren Sie die Serie unkomprimiert.</translation>
    </message>
    <message>
        <source>{path_name} cannot be opened. {checked_problem}</source>
        <translation>{path_name} kann nicht geöffnet werden. {checked_problem}</translation>
    </message>
    <message>
        <source>{path_name} cannot be opened. {problem}</source>
        <translation>{path_name} kann nicht geöffnet werden. {problem}</translation>
    </message>
    <message>
        <source>{path_name} cannot be opened: {reason}.</source>
        <translation>{path_name} kann nicht geöffnet werden: {reason}.</translation>
    </message>
    <message>
        <source>{path_name} could not be read within {seconds} s, so the attempt was stopped. Copy it to a local disk and open it from there, or export it again.</source>
        <translation>{path_name} konnte nicht innerhalb von {seconds} s gelesen werden, der Versuch wurde abgebrochen. Kopieren Sie die Datei auf einen lokalen Datenträger und öffnen Sie sie von dort, oder exportieren Sie sie erneut.</translation>
    </message>
    <message>
        <source>{path_name} could not be read: the decoder stopped unexpectedly ({reason}). The file is probably damaged; export it again, or open another one.</source>
        <translation>{path_name} konnte nicht gelesen werden: Der Dekoder brach unerwartet ab ({reason}). Die Datei ist wahrscheinlich beschädigt; exportieren Sie sie erneut, oder öffnen Sie eine andere.</translation>
    </message>
    <message>
        <source>{path_name} has no closed contour, so there is no structure to open.</source>
        <translation>{path_name} hat keine geschlossene Kontur, es gibt also keine Struktur zu öffnen.</translation>
    </message>
    <message>
        <source>{path_name} holds fewer images than its header says. Export it again.</source>
        <translation>{path_name} enthält weniger Bilder, als der Kopf angibt. Exportieren Sie die Datei erneut.</translation>
    </message>
    <message>
        <source>{path_name} is a damaged segmentation (DICOM SEG) and cannot be read. Export it again.</source>
        <translation>{path_name} ist eine beschädigte Segmentierung (DICOM SEG) und kann nicht gelesen werden. Exportieren Sie sie erneut.</translation>
    </message>
    <message>
        <source>{path_name} is a damaged structure set (RTSTRUCT) and cannot be read. Export it again.</source>
        <translation>{path_name} ist ein beschädigtes Structure Set (RTSTRUCT) und kann nicht gelesen werden. Exportieren Sie es erneut.</translation>
    </message>
    <message>
        <source>{path_name} is compressed and changes its rescale slope between frames, which cannot be decoded exactly. Export it uncompressed.</source>
        <translation>{path_name} ist komprimiert und ändert seinen Rescale Slope zwischen den Bildern, was sich nicht genau dekodieren lässt. Exportieren Sie die Datei unkomprimiert.</translation>
    </message>
    <message>
        <source>{path_name} is damaged or cut short and cannot be read as DICOM. Copy or export it again.</source>
        <translation>{path_name} ist beschädigt oder unvollständig und kann nicht als DICOM gelesen werden. Kopieren oder exportieren Sie die Datei erneut.</translation>
    </message>
    <message>
        <source>{path_name} is damaged or cut short: not all of its voxels are there. Copy or download it again.</source>
        <translation>{path_name} ist beschädigt oder unvollständig: Nicht alle Voxel sind da. Kopieren oder laden Sie die Datei erneut.</translation>
    </message>
    <message>
        <source>{path_name} is damaged, cut short or no volume: it cannot be decoded. Copy or save it again.</source>
        <translation>{path_name} ist beschädigt, unvollständig oder kein Volumen und kann nicht dekodiert werden. Kopieren oder speichern Sie die Datei erneut.</translation>
    </message>
    <message>
        <source>{path_name} is neither a zip archive nor a checkpoint. Choose the folder or zip archive of a bundle, or a file of weights (.pt, .pth).</source>
        <translation>{path_name} ist weder ein Zip-Archiv noch ein Checkpoint. Wählen Sie den Ordner oder das Zip-Archiv eines Bundles, oder eine Datei mit Gewichten (.pt, .pth).</translation>
    </message>
    <message>
        <source>{path_name} is no CT file that can be opened. Open a DICOM folder or file, NIfTI (.nii, .nii.gz), NRRD (.nrrd, .nhdr) or MetaImage (.mha, .mhd).</source>
        <translation>{path_name} ist keine CT-Datei, die geöffnet werden kann. Öffnen Sie einen DICOM-Ordner oder eine DICOM-Datei, NIfTI (.nii, .nii.gz), NRRD (.nrrd, .nhdr) oder MetaImage (.mha, .mhd).</translation>
    </message>
    <message>
        <source>{path_name} is no DICOM series, so nothing in DICOM can refer to it. Save its CT as DICOM first.</source>
        <translation>{path_name} ist keine DICOM-Serie, daher kann nichts in DICOM darauf verweisen. Speichern Sie das CT zuerst als DICOM.</translation>
    </message>
    <message>
        <source>{path_name} is no archive that can be opened: it is damaged or incomplete. Download it again.</source>
        <translation>{path_name} ist kein Archiv, das sich öffnen lässt: Es ist beschädigt oder unvollständig. Laden Sie es erneut.</translation>
    </message>
    <message>
        <source>{path_name} is no checkpoint that can be read as data: it is damaged, or of a PyTorch before 1.6. Load it in PyTorch and save its state_dict again.</source>
        <translation>{path_name} ist kein Checkpoint, der sich als Daten lesen lässt: Er ist beschädigt oder stammt aus einem PyTorch vor 1.6. Laden Sie ihn in PyTorch und speichern Sie sein state_dict erneut.</translation>
    </message>
    <message>
        <source>{path_name} is no label file that can be opened. Choose a NIfTI, NRRD, MHA, DICOM SEG or RTSTRUCT file.</source>
        <translation>{path_name} ist keine Labeldatei, die geöffnet werden kann. Wählen Sie eine Datei im Format NIfTI, NRRD, MHA, DICOM SEG oder RTSTRUCT.</translation>
    </message>
    <message>
        <source>{path_name} needs more than {limit_gb} GB of memory to decode, more than a CT should. It is damaged or too large; export it in smaller parts.</source>
        <translation>{path_name} braucht zum Dekodieren mehr als {limit_gb} GB Speicher, mehr als ein CT sollte. Die Datei ist beschädigt oder zu groß; exportieren Sie sie in kleineren Teilen.</translation>
    </message>
    <message>
        <source>{path_name} vanished as soon as it was written. Check the disk.</source>
        <translation>{path_name} verschwand gleich nach dem Schreiben. Prüfen Sie den Datenträger.</translation>
    </message>
    <message>
        <source>{path_name} was not drawn on this CT: its pixels lie between the CT's voxels or are of another size. Open the CT that it belongs to.</source>
        <translation>{path_name} wurde nicht auf diesem CT gezeichnet: Ihre Pixel liegen zwischen den Voxeln des CTs oder haben eine andere Größe. Öffnen Sie das CT, zu dem sie gehört.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: a CT has this name, and a mask would take its place. Choose another name. The CT is unchanged.</source>
        <translation>{path_name} wurde nicht gespeichert: So heißt ein CT, und eine Maske träte an seine Stelle. Wählen Sie einen anderen Namen. Das CT ist unverändert.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: its ending names no format. Use one of {mesh_endings}.</source>
        <translation>{path_name} wurde nicht gespeichert: Die Endung nennt kein Format. Verwenden Sie eine von {mesh_endings}.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: its ending names no format. Use one of {table_endings}.</source>
        <translation>{path_name} wurde nicht gespeichert: Die Endung nennt kein Format. Verwenden Sie eine von {table_endings}.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: its ending names no format. Use one of {writable_endings}.</source>
        <translation>{path_name} wurde nicht gespeichert: Die Endung nennt kein Format. Verwenden Sie eine von {writable_endings}.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: its outlines do not give the masks back. The disk may be full or damaged; save to another one. What was there before is unchanged.</source>
        <translation>{path_name} wurde nicht gespeichert: Die Umrisse ergeben die Masken nicht wieder. Der Datenträger ist vielleicht voll oder beschädigt; speichern Sie auf einem anderen. Was vorher da war, ist unverändert.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: none of the chosen structures has a voxel. Segment one first.</source>
        <translation>{path_name} wurde nicht gespeichert: Keine der gewählten Strukturen hat ein Voxel. Segmentieren Sie zuerst eine.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: the folder exists and is not empty. Choose a new or an empty one.</source>
        <translation>{path_name} wurde nicht gespeichert: Der Ordner existiert und ist nicht leer. Wählen Sie einen neuen oder leeren.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: the folder {parent_name} does not exist. Make it, or save to another folder.</source>
        <translation>{path_name} wurde nicht gespeichert: Den Ordner {parent_name} gibt es nicht. Legen Sie ihn an, oder speichern Sie in einem anderen.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: what was written did not read back the same. The disk may be full or damaged; save to another one. What was there before is unchanged.</source>
        <translation>{path_name} wurde nicht gespeichert: Das Geschriebene ließ sich nicht gleich zurücklesen. Der Datenträger ist vielleicht voll oder beschädigt; speichern Sie auf einem anderen. Was vorher da war, ist unverändert.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: {reason}. What was there before is unchanged.</source>
        <translation>{path_name} wurde nicht gespeichert: {reason}. Was vorher da war, ist unverändert.</translation>
    </message>
    <message>
        <source>{path_name} was not saved: {title} has no voxel. Segment it first.</source>
        <translation>{path_name} wurde nicht gespeichert: „{title}“ hat kein Voxel. Segmentieren Sie die Struktur zuerst.</translation>
    </message>
    <message>
        <source>{path_name} {reason}, so no segmentation can refer to it. Save its CT as a new DICOM series first.</source>
        <translation>{path_name} {reason}, daher kann keine Segmentierung darauf verweisen. Speichern Sie das CT zuerst als neue DICOM-Serie.</translation>
    </message>
    <message>
        <source>{plane_value} slice {number}</source>
        <translation>{plane_value}e Schicht {number}</translation>
    </message>
    <message>
        <source>{problems_count} could not be added</source>
        <translation>{problems_count} konnten nicht hinzugefügt werden</translation>
    </message>
    <message>
        <source>{problems_count} failed</source>
        <translation>{problems_count} fehlgeschlagen</translation>
    </message>
    <message>
        <source>{report_left_out} had labels already</source>
        <translation>{report_left_out} hatten schon Labels</translation>
    </message>
    <message>
        <source>{reviewer} worked on "{case}", and in this project somebody else must approve it. Ask a colleague to review it.</source>
        <translation>{reviewer} hat an „{case}“ gearbeitet, und in diesem Projekt muss jemand anderes freigeben. Bitten Sie einen Kollegen um die Prüfung.</translation>
    </message>
    <message>
        <source>{structure_title}: its mean of {look_mean_hu} HU is unusual (usual are {lowest} to {highest} HU). The mask may lie on something else.</source>
        <translation>{structure_title}: Der Mittelwert von {look_mean_hu} HU ist ungewöhnlich (üblich sind {lowest} bis {highest} HU). Vielleicht liegt die Maske auf etwas anderem.</translation>
    </message>
    <message>
        <source>{structure_title}: lies in the patient's {other} half. The labels may be swapped, or the CT's header mirrors left and right.</source>
        <translation>{structure_title}: liegt in der {other}n Hälfte des Patienten. Vielleicht sind die Labels vertauscht, oder der Kopf des CTs spiegelt links und rechts.</translation>
    </message>
    <message>
        <source>{structure_title}: much around the mask looks like what is in it. It may lie inside a larger organ, or the CT's header mirrors left and right.</source>
        <translation>{structure_title}: Vieles um die Maske herum sieht aus wie ihr Inhalt. Vielleicht liegt sie in einem größeren Organ, oder die Kopfdaten des CT vertauschen links und rechts.</translation>
    </message>
    <message>
        <source>{structure_title}: nothing is labelled, although it is expected here.</source>
        <translation>{structure_title}: nichts segmentiert, obwohl die Struktur hier erwartet wird.</translation>
    </message>
    <message>
        <source>{structure_title}: reaches the {where} edge of the field of view. It is cut off there, and its volume is too small.</source>
        <translation>{structure_title}: reicht an den Rand des Bildfelds ({where}). Dort ist die Struktur abgeschnitten und ihr Volumen zu klein.</translation>
    </message>
    <message>
        <source>{structure_title}: {ml} is unusually {size} (usual are {smallest} to {largest} mL).</source>
        <translation>{structure_title}: {ml} ist ungewöhnlich {size} (üblich sind {smallest} bis {largest} mL).</translation>
    </message>
    <message>
        <source>{structure_title}: {what} apart from its largest part ({ml} in all).</source>
        <translation>{structure_title}: {what} neben dem größten Teil ({ml} insgesamt).</translation>
    </message>
    <message>
        <source>{structure_title}: {what} inside ({ml} in all).</source>
        <translation>{structure_title}: {what} im Inneren ({ml} insgesamt).</translation>
    </message>
    <message>
        <source>{structure} needs {now} clicks instead of {before}</source>
        <translation>{structure} braucht {now} Klicks statt {before}</translation>
    </message>
    <message>
        <source>{structure}: {measure} fell ({before} before, {now} now)</source>
        <translation>{structure}: {measure} sank (vorher {before}, jetzt {now})</translation>
    </message>
    <message>
        <source>{structure}: {measure} fell by {drop} in patient {patient_name}</source>
        <translation>{structure}: {measure} sank um {drop} bei Patient {patient_name}</translation>
    </message>
    <message>
        <source>{structure}: {measure} fell on the reference patients ({before} before, {now} now)</source>
        <translation>{structure}: {measure} sank bei den Referenzpatienten (vorher {before}, jetzt {now})</translation>
    </message>
    <message>
        <source>{structure}: {measure} may have fallen by up to {drop} ({before} before, {now} now)</source>
        <translation>{structure}: {measure} sank vielleicht um bis zu {drop} (vorher {before}, jetzt {now})</translation>
    </message>
    <message>
        <source>{structure}: {measure} rose ({before} before, {now} now)</source>
        <translation>{structure}: {measure} stieg (vorher {before}, jetzt {now})</translation>
    </message>
    <message>
        <source>{structure}: {measure} rose on the reference patients ({before} before, {now} now)</source>
        <translation>{structure}: {measure} stieg bei den Referenzpatienten (vorher {before}, jetzt {now})</translation>
    </message>
    <message>
        <source>{tool_value} on {active_name}, {place_title}</source>
        <translation>{tool_value} auf {active_name}, {place_title}</translation>
    </message>
    <message>
        <source>{voxels} in more than one structure; a label map holds one, so each went to the structure that comes last in the file.</source>
        <translation>{voxels} in mehr als einer Struktur; eine Labelkarte fasst nur eine, daher ging jedes an die Struktur, die in der Datei zuletzt kommt.</translation>
    </message>
    <message>
        <source>{voxels} outside of the CT and left out. Check that the file belongs to this CT.</source>
        <translation>{voxels} außerhalb des CTs und wurden ausgelassen. Prüfen Sie, ob die Datei zu diesem CT gehört.</translation>
    </message>
    <message>
        <source>{what} apart from its largest part ({ml} in all)</source>
        <translation>{what} neben dem größten Teil ({ml} insgesamt)</translation>
    </message>
    <message>
        <source>{what} failed unexpectedly ({type_name}); nothing was changed. The details are in the log (Help menu).</source>
        <translation>{what} ist unerwartet fehlgeschlagen ({type_name}); nichts wurde geändert. Einzelheiten stehen im Protokoll (Menü „Hilfe“).</translation>
    </message>
    <message>
        <source>{what} inside ({ml} in all)</source>
        <translation>{what} im Inneren ({ml} insgesamt)</translation>
    </message>
    <message>
        <source>{what} needs more memory than is free. Close other programs and try again.</source>
        <translation>{what} braucht mehr Speicher, als frei ist. Schließen Sie andere Programme und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>{what} saved to {request_folder} and verified by reading back.</source>
        <translation>{what}: gespeichert in {request_folder} und durch Zurücklesen geprüft.</translation>
    </message>
    <message>
        <source>{where}, agrees to Dice {agreed_dice}</source>
        <translation>{where}, stimmt überein bis Dice {agreed_dice}</translation>
    </message>
    <message>
        <source>{without_value} voxels have no value (NaN) and count as air.</source>
        <translation>{without_value} Voxel haben keinen Wert (NaN) und gelten als Luft.</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>&amp;Cases</source>
        <translation>&amp;Fälle</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Bearbeiten</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Segment</source>
        <translation>&amp;Segmentieren</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>&amp;Werkzeuge</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>(ohne Namen)</translation>
    </message>
    <message>
        <source>1 CT</source>
        <translation>1 CT</translation>
    </message>
    <message>
        <source>1 approved case</source>
        <translation>1 freigegebener Fall</translation>
    </message>
    <message>
        <source>1 case</source>
        <translation>1 Fall</translation>
    </message>
    <message>
        <source>1 patient</source>
        <translation>1 Patient</translation>
    </message>
    <message>
        <source>1 remark</source>
        <translation>1 Hinweis</translation>
    </message>
    <message>
        <source>1 to 9</source>
        <translation>1 bis 9</translation>
    </message>
    <message>
        <source>3D only</source>
        <translation>Nur 3D</translation>
    </message>
    <message>
        <source>3D shows the structures and not the CT</source>
        <translation>3D zeigt die Strukturen und nicht das CT</translation>
    </message>
    <message>
        <source>3D view</source>
        <translation>3D-Ansicht</translation>
    </message>
    <message>
        <source>3D ⌀, mm</source>
        <translation>3D-⌀, mm</translation>
    </message>
    <message>
        <source>A DICOM segmentation object: coded by SNOMED CT, refers to the CT's images.</source>
        <translation>Ein DICOM-Segmentierungsobjekt: mit SNOMED CT kodiert, verweist auf die Bilder des CTs.</translation>
    </message>
    <message>
        <source>A DICOM structure set with contours, for planning systems.</source>
        <translation>Ein DICOM Structure Set mit Konturen, für Planungssysteme.</translation>
    </message>
    <message>
        <source>A MONAI bundle, or a model of another Maskwright</source>
        <translation>Ein MONAI-Bundle oder ein Modell einer anderen Maskwright-Installation</translation>
    </message>
    <message>
        <source>A bundle or model as a zip archive, or a checkpoint (.pt)</source>
        <translation>Ein Bundle oder Modell als Zip-Archiv oder ein Checkpoint (.pt)</translation>
    </message>
    <message>
        <source>A click waits for its answer. Wait for it, then choose again.</source>
        <translation>Ein Klick wartet noch auf seine Antwort. Warten Sie darauf und wählen Sie dann erneut.</translation>
    </message>
    <message>
        <source>A file is JSON or YAML with a network_def, as a bundle has it</source>
        <translation>Eine JSON- oder YAML-Datei mit einer network_def, wie ein Bundle sie hat</translation>
    </message>
    <message>
        <source>A label file lies beside this CT: {name}</source>
        <translation>Neben diesem CT liegt eine Labeldatei: {name}</translation>
    </message>
    <message>
        <source>A label map for each case (.mha), on the CT's grid.</source>
        <translation>Eine Labelkarte je Fall (.mha), auf dem Gitter des CTs.</translation>
    </message>
    <message>
        <source>A label map for each case (.nii.gz), on the CT's grid.</source>
        <translation>Eine Labelkarte je Fall (.nii.gz), auf dem Gitter des CTs.</translation>
    </message>
    <message>
        <source>A label map for each case (.nrrd), on the CT's grid.</source>
        <translation>Eine Labelkarte je Fall (.nrrd), auf dem Gitter des CTs.</translation>
    </message>
    <message>
        <source>A surface for each structure, in LPS mm.</source>
        <translation>Eine Oberfläche je Struktur, in LPS-Millimetern.</translation>
    </message>
    <message>
        <source>About Maskwright</source>
        <translation>Über Maskwright</translation>
    </message>
    <message>
        <source>About Maskwright…</source>
        <translation>Über Maskwright…</translation>
    </message>
    <message>
        <source>Accept the licence first</source>
        <translation>Stimmen Sie zuerst der Lizenz zu</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add CT files</source>
        <translation>CT-Dateien hinzufügen</translation>
    </message>
    <message>
        <source>Add CT files as cases</source>
        <translation>CT-Dateien als Fälle hinzufügen</translation>
    </message>
    <message>
        <source>Add CT files…</source>
        <translation>CT-Dateien hinzufügen…</translation>
    </message>
    <message>
        <source>Add a Decathlon, nnU-Net or MONAI data set with its labels and splits</source>
        <translation>Einen Datensatz (Decathlon, nnU-Net oder MONAI) mit Labels und Aufteilung hinzufügen</translation>
    </message>
    <message>
        <source>Add a HU range around crosshair</source>
        <translation>HU-Bereich um das Fadenkreuz ergänzen</translation>
    </message>
    <message>
        <source>Add a HU range around crosshair…</source>
        <translation>HU-Bereich um das Fadenkreuz ergänzen…</translation>
    </message>
    <message>
        <source>Add a labelled data set</source>
        <translation>Datensatz mit Labels hinzufügen</translation>
    </message>
    <message>
        <source>Add a labelled data set: choose its dataset.json, or a MONAI data list</source>
        <translation>Datensatz mit Labels hinzufügen: dataset.json oder MONAI-Datenliste wählen</translation>
    </message>
    <message>
        <source>Add a structure to the list</source>
        <translation>Eine Struktur in die Liste aufnehmen</translation>
    </message>
    <message>
        <source>Add another structure</source>
        <translation>Andere Struktur ergänzen</translation>
    </message>
    <message>
        <source>Add another structure…</source>
        <translation>Andere Struktur ergänzen…</translation>
    </message>
    <message>
        <source>Add as a case…</source>
        <translation>Als Fall hinzufügen…</translation>
    </message>
    <message>
        <source>Add cases</source>
        <translation>Fälle hinzufügen</translation>
    </message>
    <message>
        <source>Add every CT in a folder</source>
        <translation>Alle CTs eines Ordners hinzufügen</translation>
    </message>
    <message>
        <source>Add every CT in a folder as a case</source>
        <translation>Jedes CT in einem Ordner als Fall hinzufügen</translation>
    </message>
    <message>
        <source>Add every CT in {what} to the project?</source>
        <translation>Alle CTs in {what} zum Projekt hinzufügen?</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Ordner hinzufügen…</translation>
    </message>
    <message>
        <source>Add labelled data set…</source>
        <translation>Datensatz mit Labels hinzufügen…</translation>
    </message>
    <message>
        <source>Add the CTs alone</source>
        <translation>Nur die CTs hinzufügen</translation>
    </message>
    <message>
        <source>Add the voxels of another structure, which must not be locked</source>
        <translation>Die Voxel einer anderen Struktur ergänzen, die nicht gesperrt sein darf</translation>
    </message>
    <message>
        <source>Add what lies in a HU range, in a ball around the crosshair, and hangs together with it</source>
        <translation>Ergänzen, was in einem HU-Bereich liegt, in einer Kugel um das Fadenkreuz, und damit zusammenhängt</translation>
    </message>
    <message>
        <source>Add {title} to the project?</source>
        <translation>{title} zum Projekt hinzufügen?</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>Hinzugefügt</translation>
    </message>
    <message>
        <source>Added and removed</source>
        <translation>Ergänztes und Entferntes</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>All approved cases (none yet)</source>
        <translation>Alle freigegebenen Fälle (noch keine)</translation>
    </message>
    <message>
        <source>All cases are done.</source>
        <translation>Alle Fälle sind erledigt.</translation>
    </message>
    <message>
        <source>All {count} approved cases</source>
        <translation>Alle {count} freigegebenen Fälle</translation>
    </message>
    <message>
        <source>An empty project</source>
        <translation>Ein leeres Projekt</translation>
    </message>
    <message>
        <source>An export is running.</source>
        <translation>Ein Export läuft.</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>Winkel</translation>
    </message>
    <message>
        <source>Another one</source>
        <translation>Einem anderen</translation>
    </message>
    <message>
        <source>Another program wrote it, and it does not name its structures.</source>
        <translation>Ein anderes Programm hat sie geschrieben, und sie benennt ihre Strukturen nicht.</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Apply preview</source>
        <translation>Vorschau anwenden</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Approve nevertheless?</source>
        <translation>Trotzdem freigeben?</translation>
    </message>
    <message>
        <source>Archive (*.zip)</source>
        <translation>Archiv (*.zip)</translation>
    </message>
    <message>
        <source>Area of the surface, without the steps of voxels</source>
        <translation>Fläche der Oberfläche, ohne die Stufen der Voxel</translation>
    </message>
    <message>
        <source>As it was left</source>
        <translation>Wie verlassen</translation>
    </message>
    <message>
        <source>As it was left, on version {number}</source>
        <translation>Wie verlassen, auf Version {number}</translation>
    </message>
    <message>
        <source>As the environment says (HTTPS_PROXY)</source>
        <translation>Wie die Umgebung es vorgibt (HTTPS_PROXY)</translation>
    </message>
    <message>
        <source>Ask me before a better model is used</source>
        <translation>Vor dem Einsatz eines besseren Modells fragen</translation>
    </message>
    <message>
        <source>Assign new patients</source>
        <translation>Neue Patienten zuteilen</translation>
    </message>
    <message>
        <source>Automatic {structure}</source>
        <translation>{structure} automatisch</translation>
    </message>
    <message>
        <source>Axes</source>
        <translation>Achsen</translation>
    </message>
    <message>
        <source>Axial only</source>
        <translation>Nur axial</translation>
    </message>
    <message>
        <source>Axial slices side by side, every so many mm; a click goes there</source>
        <translation>Axiale Schichten nebeneinander, alle so viele mm; ein Klick springt dorthin</translation>
    </message>
    <message>
        <source>Axial ⌀, mm</source>
        <translation>Axialer ⌀, mm</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Background click</source>
        <translation>Hintergrund-Klick</translation>
    </message>
    <message>
        <source>Background click on {structure}</source>
        <translation>Hintergrund-Klick auf {structure}</translation>
    </message>
    <message>
        <source>Background click: what lies here does not belong to the structure</source>
        <translation>Hintergrund-Klick: Was hier liegt, gehört nicht zur Struktur</translation>
    </message>
    <message>
        <source>Ball</source>
        <translation>Kugel</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>Before the first step.</source>
        <translation>Vor dem ersten Schritt.</translation>
    </message>
    <message>
        <source>Begin with the sample case, a synthetic patient. Later, drop your own CT here. What is open now is kept.</source>
        <translation>Beginnen Sie mit dem Beispielfall, einem synthetischen Patienten. Ziehen Sie später Ihr eigenes CT hierher. Was jetzt offen ist, bleibt erhalten.</translation>
    </message>
    <message>
        <source>Begun</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Below</source>
        <translation>Unter</translation>
    </message>
    <message>
        <source>Below, behind or to the right of the slice instead</source>
        <translation>Stattdessen unterhalb, hinter oder rechts der Schicht</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Brush size</source>
        <translation>Pinselgröße</translation>
    </message>
    <message>
        <source>Bundles of MONAI's Model Zoo, downloaded from api.ngc.nvidia.com. Nothing is asked of the network before you press Download; a download that breaks off goes on where it was.</source>
        <translation>Bundles aus dem Model Zoo von MONAI, geladen von api.ngc.nvidia.com. Das Netzwerk wird erst gefragt, wenn Sie „Laden und installieren“ drücken; ein abgebrochener Download wird dort fortgesetzt, wo er stand.</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>By itself after newly approved cases</source>
        <translation>Von selbst nach neu freigegebenen Fällen</translation>
    </message>
    <message>
        <source>By itself every day at</source>
        <translation>Von selbst täglich um</translation>
    </message>
    <message>
        <source>By patient, once: a patient is never moved afterwards</source>
        <translation>Einmalig, nach Patienten: Ein Patient wird danach nie verschoben</translation>
    </message>
    <message>
        <source>By the basic profile of DICOM PS3.15; pseudonyms name the files</source>
        <translation>Nach dem Basisprofil von DICOM PS3.15; Pseudonyme benennen die Dateien</translation>
    </message>
    <message>
        <source>By the basic profile of DICOM PS3.15; which identifier became which is kept on this computer only</source>
        <translation>Nach dem Basisprofil von DICOM PS3.15; welche Kennung zu welcher wurde, bleibt nur auf diesem Computer</translation>
    </message>
    <message>
        <source>By the same shares; nobody who has a split is moved</source>
        <translation>Mit denselben Anteilen; wer schon zugeteilt ist, bleibt, wo er ist</translation>
    </message>
    <message>
        <source>CT (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.dcm);;All files (*)</source>
        <translation>CT (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.dcm);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>CT in 3D</source>
        <translation>CT in 3D</translation>
    </message>
    <message>
        <source>CTs</source>
        <translation>CTs</translation>
    </message>
    <message>
        <source>CTs and labels with a data list, and the split.</source>
        <translation>CTs und Labels mit einer Datenliste und der Aufteilung.</translation>
    </message>
    <message>
        <source>CTs and labels with dataset.json, and the split.</source>
        <translation>CTs und Labels mit dataset.json und der Aufteilung.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancel job</source>
        <translation>Auftrag abbrechen</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>Fall</translation>
    </message>
    <message>
        <source>Cases</source>
        <translation>Fälle</translation>
    </message>
    <message>
        <source>Cases are being added already.</source>
        <translation>Es werden bereits Fälle hinzugefügt.</translation>
    </message>
    <message>
        <source>Cases held back</source>
        <translation>Zurückgehaltene Fälle</translation>
    </message>
    <message>
        <source>Change brightness and contrast</source>
        <translation>Helligkeit und Kontrast ändern</translation>
    </message>
    <message>
        <source>Change only voxels in this range of HU</source>
        <translation>Nur Voxel in diesem HU-Bereich ändern</translation>
    </message>
    <message>
        <source>Change the mask; undo takes it back</source>
        <translation>Die Maske ändern; Rückgängig nimmt es zurück</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Changed by {author}, {when}</source>
        <translation>Geändert von {author}, {when}</translation>
    </message>
    <message>
        <source>Check quality</source>
        <translation>Qualität prüfen</translation>
    </message>
    <message>
        <source>Check the mask, approve it, and open the next case to do</source>
        <translation>Die Maske prüfen, freigeben und den nächsten offenen Fall öffnen</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>Prüfpunkte</translation>
    </message>
    <message>
        <source>Choose Add (F), then click in a slice where the mask of the {name} is missing. With Ctrl held down, a click removes.</source>
        <translation>Wählen Sie „Hinzufügen“ (F) und klicken Sie in einer Schicht dorthin, wo die Maske noch fehlt ({name}). Mit gedrückter Strg-Taste entfernt ein Klick.</translation>
    </message>
    <message>
        <source>Choose Brush (P) and paint in a slice. Shift + wheel changes its size.</source>
        <translation>Wählen Sie „Pinsel“ (P) und malen Sie in einer Schicht. Umschalt + Mausrad ändert die Größe.</translation>
    </message>
    <message>
        <source>Choose a case in the list, or go on with the next one that is not done.</source>
        <translation>Wählen Sie einen Fall aus der Liste, oder machen Sie mit dem nächsten offenen weiter.</translation>
    </message>
    <message>
        <source>Choose a folder.</source>
        <translation>Wählen Sie einen Ordner.</translation>
    </message>
    <message>
        <source>Choose a series</source>
        <translation>Serie wählen</translation>
    </message>
    <message>
        <source>Choose a structure.</source>
        <translation>Wählen Sie eine Struktur.</translation>
    </message>
    <message>
        <source>Choose an action in the list to give it other keys.</source>
        <translation>Wählen Sie eine Aktion aus der Liste, um ihre Tasten zu ändern.</translation>
    </message>
    <message>
        <source>Choose what to do with the {name} below. Clicks move the crosshair.</source>
        <translation>Wählen Sie unten, was mit der Struktur „{name}“ geschehen soll. Klicks bewegen das Fadenkreuz.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Clear clicks</source>
        <translation>Klicks löschen</translation>
    </message>
    <message>
        <source>Click here, then press the new keys</source>
        <translation>Klicken Sie hierher und drücken Sie dann die neuen Tasten</translation>
    </message>
    <message>
        <source>Click into a closed outline of the {name} to fill it.</source>
        <translation>Klicken Sie in einen geschlossenen Umriss ({name}), um ihn zu füllen.</translation>
    </message>
    <message>
        <source>Click into a plane to move the crosshair.</source>
        <translation>Klicken Sie in eine Ebene, um das Fadenkreuz zu bewegen.</translation>
    </message>
    <message>
        <source>Click one end, the corner, the other end. Del deletes, Esc gives up.</source>
        <translation>Ein Ende anklicken, den Scheitel, das andere Ende. Entf löscht, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Click what belongs to the {name}. With Ctrl: what does not.</source>
        <translation>Klicken Sie auf das, was dazugehört ({name}). Mit Strg: was nicht dazugehört.</translation>
    </message>
    <message>
        <source>Click what does not belong to the {name}. With Ctrl: what does.</source>
        <translation>Klicken Sie auf das, was nicht dazugehört ({name}). Mit Strg: was dazugehört.</translation>
    </message>
    <message>
        <source>Click {ms:.0f} ms</source>
        <translation>Klick {ms:.0f} ms</translation>
    </message>
    <message>
        <source>Clicks</source>
        <translation>Klicks</translation>
    </message>
    <message>
        <source>Clicks (*.json)</source>
        <translation>Klicks (*.json)</translation>
    </message>
    <message>
        <source>Clicks on {name}</source>
        <translation>Klicks: {name}</translation>
    </message>
    <message>
        <source>Clicks saved to {path}.</source>
        <translation>Klicks gespeichert: {path}.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close project</source>
        <translation>Projekt schließen</translation>
    </message>
    <message>
        <source>Close the replay and show the mask again</source>
        <translation>Die Wiederholung schließen und wieder die Maske zeigen</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>Das Fenster schließen</translation>
    </message>
    <message>
        <source>Close this list</source>
        <translation>Diese Liste schließen</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Code of its own</source>
        <translation>Eigener Programmcode</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>Kommentar</translation>
    </message>
    <message>
        <source>Comments and events</source>
        <translation>Kommentare und Ereignisse</translation>
    </message>
    <message>
        <source>Comment…</source>
        <translation>Kommentar…</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Comparison of both models</source>
        <translation>Vergleich beider Modelle</translation>
    </message>
    <message>
        <source>Copied the measures of {count} structure.</source>
        <translation>Messwerte von {count} Struktur kopiert.</translation>
    </message>
    <message>
        <source>Copied the measures of {count} structures.</source>
        <translation>Messwerte von {count} Strukturen kopiert.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy CTs into the project when they are added</source>
        <translation>CTs beim Hinzufügen in das Projekt kopieren</translation>
    </message>
    <message>
        <source>Copy measures</source>
        <translation>Messwerte kopieren</translation>
    </message>
    <message>
        <source>Copy picture of view</source>
        <translation>Bild der Ansicht kopieren</translation>
    </message>
    <message>
        <source>Copy slice to the next</source>
        <translation>Schicht auf die nächste kopieren</translation>
    </message>
    <message>
        <source>Copy slice to the one before</source>
        <translation>Schicht auf die vorige kopieren</translation>
    </message>
    <message>
        <source>Copy the CTs into the project</source>
        <translation>Die CTs in das Projekt kopieren</translation>
    </message>
    <message>
        <source>Copy the mask of this slice to the next one towards feet, back or right</source>
        <translation>Die Maske dieser Schicht auf die nächste in Richtung Füße, hinten oder rechts kopieren</translation>
    </message>
    <message>
        <source>Copy the mask of this slice to the next one towards head, front or left</source>
        <translation>Die Maske dieser Schicht auf die nächste in Richtung Kopf, vorne oder links kopieren</translation>
    </message>
    <message>
        <source>Copy the measures of all structures as CSV, or as a table where that can be pasted</source>
        <translation>Die Messwerte aller Strukturen als CSV kopieren, oder als Tabelle, wo man sie so einfügen kann</translation>
    </message>
    <message>
        <source>Copy these lines</source>
        <translation>Diese Zeilen kopieren</translation>
    </message>
    <message>
        <source>Copy these lines, for a fault report</source>
        <translation>Diese Zeilen kopieren, für eine Fehlermeldung</translation>
    </message>
    <message>
        <source>Copy these lines, for a mail</source>
        <translation>Diese Zeilen kopieren, für eine E-Mail</translation>
    </message>
    <message>
        <source>Coronal only</source>
        <translation>Nur koronar</translation>
    </message>
    <message>
        <source>Correct it by a click</source>
        <translation>Mit einem Klick korrigieren</translation>
    </message>
    <message>
        <source>Ctrl + left button</source>
        <translation>Strg + linke Taste</translation>
    </message>
    <message>
        <source>Ctrl + left drag</source>
        <translation>Strg + links ziehen</translation>
    </message>
    <message>
        <source>Ctrl + wheel</source>
        <translation>Strg + Mausrad</translation>
    </message>
    <message>
        <source>Custom</source>
        <translation>Eigene</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Schnitt</translation>
    </message>
    <message>
        <source>Cut 3D open at axial slice</source>
        <translation>3D an der axialen Schicht aufschneiden</translation>
    </message>
    <message>
        <source>Cut 3D open at coronal slice</source>
        <translation>3D an der koronaren Schicht aufschneiden</translation>
    </message>
    <message>
        <source>Cut 3D open at sagittal slice</source>
        <translation>3D an der sagittalen Schicht aufschneiden</translation>
    </message>
    <message>
        <source>Cut the CT in 3D away above of the axial slice; surfaces stay whole</source>
        <translation>Das CT in 3D oberhalb der axialen Schicht wegschneiden; Oberflächen bleiben ganz</translation>
    </message>
    <message>
        <source>Cut the CT in 3D away in front of the coronal slice; surfaces stay whole</source>
        <translation>Das CT in 3D vor der koronaren Schicht wegschneiden; Oberflächen bleiben ganz</translation>
    </message>
    <message>
        <source>Cut the CT in 3D away to the left of the sagittal slice; surfaces stay whole</source>
        <translation>Das CT in 3D links der sagittalen Schicht wegschneiden; Oberflächen bleiben ganz</translation>
    </message>
    <message>
        <source>Cut the other side away</source>
        <translation>Die andere Seite wegschneiden</translation>
    </message>
    <message>
        <source>DICOM RTSTRUCT</source>
        <translation>DICOM RTSTRUCT</translation>
    </message>
    <message>
        <source>DICOM SEG</source>
        <translation>DICOM SEG</translation>
    </message>
    <message>
        <source>Data set, Decathlon</source>
        <translation>Datensatz, Decathlon</translation>
    </message>
    <message>
        <source>Data set, MONAI</source>
        <translation>Datensatz, MONAI</translation>
    </message>
    <message>
        <source>Data set, nnU-Net</source>
        <translation>Datensatz, nnU-Net</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Delete all clicks on this structure; the mask stays</source>
        <translation>Alle Klicks auf diese Struktur löschen; die Maske bleibt</translation>
    </message>
    <message>
        <source>Delete all measurements</source>
        <translation>Alle Messungen löschen</translation>
    </message>
    <message>
        <source>Delete all rulers, angles and circles of this CT</source>
        <translation>Alle Strecken, Winkel und ROIs dieses CTs löschen</translation>
    </message>
    <message>
        <source>Delete last click</source>
        <translation>Letzten Klick löschen</translation>
    </message>
    <message>
        <source>Delete measurement</source>
        <translation>Messung löschen</translation>
    </message>
    <message>
        <source>Delete the chosen ruler, angle, circle or click, else the newest measurement</source>
        <translation>Gewählte Strecke, gewählten Winkel, Kreis oder Klick löschen, sonst die neueste Messung</translation>
    </message>
    <message>
        <source>Delete the model {model_id} from this computer? It can be imported again.</source>
        <translation>Das Modell {model_id} von diesem Computer löschen? Es kann erneut importiert werden.</translation>
    </message>
    <message>
        <source>Delete the newest click on this structure; the mask stays</source>
        <translation>Den neuesten Klick auf diese Struktur löschen; die Maske bleibt</translation>
    </message>
    <message>
        <source>Delete the unsaved work on {name}?</source>
        <translation>Die nicht gespeicherte Arbeit an {name} löschen?</translation>
    </message>
    <message>
        <source>Delete this click; the mask stays</source>
        <translation>Diesen Klick löschen; die Maske bleibt</translation>
    </message>
    <message>
        <source>Delete this model from this computer</source>
        <translation>Dieses Modell von diesem Computer löschen</translation>
    </message>
    <message>
        <source>Delete this structure's mask and clicks</source>
        <translation>Maske und Klicks dieser Struktur löschen</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>Described in a file…</source>
        <translation>In einer Datei beschrieben…</translation>
    </message>
    <message>
        <source>Description of a data set (*.json)</source>
        <translation>Beschreibung eines Datensatzes (*.json)</translation>
    </message>
    <message>
        <source>Descriptions (*.json *.yaml *.yml);;All files (*)</source>
        <translation>Beschreibungen (*.json *.yaml *.yml);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Deutsch</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Diameter of the brush</source>
        <translation>Durchmesser des Pinsels</translation>
    </message>
    <message>
        <source>Diameter of the brush (Shift+wheel)</source>
        <translation>Durchmesser des Pinsels (Umschalt + Mausrad)</translation>
    </message>
    <message>
        <source>Dice of {name} {now:.3f} ({first:.3f})</source>
        <translation>Dice von {name} {now:.3f} ({first:.3f})</translation>
    </message>
    <message>
        <source>Dice on validation cases</source>
        <translation>Dice der Validierungsfälle</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Differenz</translation>
    </message>
    <message>
        <source>Difference (95 %)</source>
        <translation>Differenz (95 %)</translation>
    </message>
    <message>
        <source>Disc</source>
        <translation>Scheibe</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
    <message>
        <source>Discard unsaved work</source>
        <translation>Ungespeicherte Arbeit verwerfen</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>Abstand</translation>
    </message>
    <message>
        <source>Do you want to save them before {what}?</source>
        <translation>Möchten Sie sie speichern, bevor {what}?</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>Doppelklick</translation>
    </message>
    <message>
        <source>Download a bundle of MONAI's Model Zoo and install it</source>
        <translation>Ein Bundle aus dem Model Zoo von MONAI laden und installieren</translation>
    </message>
    <message>
        <source>Download and install</source>
        <translation>Laden und installieren</translation>
    </message>
    <message>
        <source>Drag around the crosshair to turn the two other planes: oblique slices</source>
        <translation>Um das Fadenkreuz ziehen, um die beiden anderen Ebenen zu drehen: schräge Schichten</translation>
    </message>
    <message>
        <source>Drag around the crosshair to turn the two other planes; a click moves it. Straighten planes shows the CT's own slices again.</source>
        <translation>Ziehen Sie um das Fadenkreuz, um die beiden anderen Ebenen zu drehen; ein Klick bewegt es. „Ebenen aufrichten“ zeigt wieder die Schichten des CTs.</translation>
    </message>
    <message>
        <source>Drag from one end to the other, or click both. Del deletes, Esc gives up.</source>
        <translation>Von einem Ende zum anderen ziehen, oder beide anklicken. Entf löscht, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Drag from the middle of a circle outwards. Del deletes, Esc gives up.</source>
        <translation>Von der Mitte eines Kreises nach außen ziehen. Entf löscht, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Draw around what belongs to the structure; Ctrl cuts</source>
        <translation>Umfahren, was zur Struktur gehört; Strg schneidet aus</translation>
    </message>
    <message>
        <source>Draw around what belongs to the {name}. Ctrl cuts, Esc gives up.</source>
        <translation>Umfahren Sie, was dazugehört ({name}). Strg schneidet aus, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Draw around what does not belong to the structure; Ctrl adds</source>
        <translation>Umfahren, was nicht zur Struktur gehört; Strg ergänzt</translation>
    </message>
    <message>
        <source>Draw around what does not belong to the {name}. Ctrl adds, Esc gives up.</source>
        <translation>Umfahren Sie, was nicht dazugehört ({name}). Strg ergänzt, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Draw every few slices; this fills those in between</source>
        <translation>Alle paar Schichten zeichnen; dies füllt die dazwischen</translation>
    </message>
    <message>
        <source>Draw the split</source>
        <translation>Aufteilung auslosen</translation>
    </message>
    <message>
        <source>Drawn and frozen: {shared}.</source>
        <translation>Ausgelost und festgeschrieben: {shared}.</translation>
    </message>
    <message>
        <source>Drop a DICOM folder or a NIfTI, NRRD or MHA file here</source>
        <translation>Ziehen Sie einen DICOM-Ordner oder eine NIfTI-, NRRD- oder MHA-Datei hierher</translation>
    </message>
    <message>
        <source>Drop a folder here. Every CT series in it becomes a case: DICOM, NIfTI, NRRD or MHA.</source>
        <translation>Ziehen Sie einen Ordner hierher. Jede CT-Serie darin wird ein Fall: DICOM, NIfTI, NRRD oder MHA.</translation>
    </message>
    <message>
        <source>Drop all parts but the largest connected one</source>
        <translation>Nur den größten zusammenhängenden Teil behalten</translation>
    </message>
    <message>
        <source>Drop all parts but the one under the crosshair</source>
        <translation>Nur den Teil unter dem Fadenkreuz behalten</translation>
    </message>
    <message>
        <source>Drop connected parts below a volume</source>
        <translation>Zusammenhängende Teile unter einem Volumen entfernen</translation>
    </message>
    <message>
        <source>Drop one CT or folder at a time.</source>
        <translation>Legen Sie nur ein CT oder einen Ordner auf einmal ab.</translation>
    </message>
    <message>
        <source>Drop the connected part under the crosshair</source>
        <translation>Den zusammenhängenden Teil unter dem Fadenkreuz entfernen</translation>
    </message>
    <message>
        <source>DynUNet, as in the DeepEdit tutorial</source>
        <translation>DynUNet, wie im DeepEdit-Tutorial</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>Empty structure</source>
        <translation>Struktur leeren</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Engine</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>Epoche</translation>
    </message>
    <message>
        <source>Erase the structure; Ctrl paints, Shift+wheel changes the size</source>
        <translation>Die Struktur radieren; Strg malt, Umschalt + Mausrad ändert die Größe</translation>
    </message>
    <message>
        <source>Erase the {name}. Ctrl paints, Shift+wheel changes the size, Esc gives up.</source>
        <translation>Radieren ({name}). Strg malt, Umschalt + Mausrad ändert die Größe, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Erase with the brush, cut with the lasso, and back</source>
        <translation>Mit dem Pinsel radieren, mit dem Lasso ausschneiden, und umgekehrt</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>Radierer</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Even out the surface; the volume stays the same</source>
        <translation>Die Oberfläche glätten; das Volumen bleibt gleich</translation>
    </message>
    <message>
        <source>Every file is read back and compared. For research use only.</source>
        <translation>Jede Datei wird zurückgelesen und verglichen. Nur für Forschungszwecke.</translation>
    </message>
    <message>
        <source>Every value is left out. Choose a structure for what is wanted.</source>
        <translation>Alle Werte werden weggelassen. Wählen Sie eine Struktur für das, was gewünscht ist.</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Exclude</source>
        <translation>Ausschließen</translation>
    </message>
    <message>
        <source>Exclude the case</source>
        <translation>Fall ausschließen</translation>
    </message>
    <message>
        <source>Excluded: {reason}</source>
        <translation>Ausgeschlossen: {reason}</translation>
    </message>
    <message>
        <source>Exclude…</source>
        <translation>Ausschließen…</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Export to</source>
        <translation>Exportieren nach</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Fewer mm</source>
        <translation>Weniger mm</translation>
    </message>
    <message>
        <source>Fewer mm between the slices of the film</source>
        <translation>Weniger mm zwischen den Schichten des Films</translation>
    </message>
    <message>
        <source>File with a network_def</source>
        <translation>Datei mit einer network_def</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Füllung</translation>
    </message>
    <message>
        <source>Fill between slices</source>
        <translation>Zwischen Schichten füllen</translation>
    </message>
    <message>
        <source>Fill holes</source>
        <translation>Löcher füllen</translation>
    </message>
    <message>
        <source>Fill holes in slices</source>
        <translation>Löcher in Schichten füllen</translation>
    </message>
    <message>
        <source>Fill what is enclosed on all sides</source>
        <translation>Füllen, was auf allen Seiten umschlossen ist</translation>
    </message>
    <message>
        <source>Fill what is enclosed within a slice of the plane looked at last</source>
        <translation>Füllen, was in einer Schicht der zuletzt betrachteten Ebene umschlossen ist</translation>
    </message>
    <message>
        <source>Fill what the structure's outline encloses around a click</source>
        <translation>Füllen, was der Umriss der Struktur um einen Klick einschließt</translation>
    </message>
    <message>
        <source>Film of axial slices</source>
        <translation>Film axialer Schichten</translation>
    </message>
    <message>
        <source>Film of axial slices, every {mm:g} mm</source>
        <translation>Film axialer Schichten, alle {mm:g} mm</translation>
    </message>
    <message>
        <source>Film: slices closer together</source>
        <translation>Film: Schichten enger</translation>
    </message>
    <message>
        <source>Film: slices farther apart</source>
        <translation>Film: Schichten weiter</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>Aktion suchen</translation>
    </message>
    <message>
        <source>Find an action…</source>
        <translation>Aktion suchen…</translation>
    </message>
    <message>
        <source>Find case</source>
        <translation>Fall suchen</translation>
    </message>
    <message>
        <source>Find in this page; Enter goes on</source>
        <translation>Auf dieser Seite suchen; Eingabe sucht weiter</translation>
    </message>
    <message>
        <source>Find moved CT…</source>
        <translation>Verschobenes CT suchen…</translation>
    </message>
    <message>
        <source>Fit views</source>
        <translation>Ansichten einpassen</translation>
    </message>
    <message>
        <source>Five steps on the sample case: open, segment, click, brush, save</source>
        <translation>Fünf Schritte am Beispielfall: öffnen, segmentieren, klicken, malen, speichern</translation>
    </message>
    <message>
        <source>Flag</source>
        <translation>Markieren</translation>
    </message>
    <message>
        <source>Flagged cases only</source>
        <translation>Nur markierte Fälle</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>For {split}</source>
        <translation>Für: {split}</translation>
    </message>
    <message>
        <source>Foreground click</source>
        <translation>Vordergrund-Klick</translation>
    </message>
    <message>
        <source>Foreground click on {structure}</source>
        <translation>Vordergrund-Klick auf {structure}</translation>
    </message>
    <message>
        <source>Foreground click: what lies here belongs to the structure</source>
        <translation>Vordergrund-Klick: Was hier liegt, gehört zur Struktur</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Four views</source>
        <translation>Vier Ansichten</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>From click to picture. Of {count}: median {median_ms:.0f} ms, 95 of 100 within {p95_ms:.0f} ms</source>
        <translation>Vom Klick zum Bild. Von {count}: Median {median_ms:.0f} ms, 95 von 100 in höchstens {p95_ms:.0f} ms</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Give every action the keys that it came with</source>
        <translation>Jeder Aktion wieder ihre ursprünglichen Tasten geben</translation>
    </message>
    <message>
        <source>Give every action the keys that it came with? Your own choices are forgotten.</source>
        <translation>Jeder Aktion wieder ihre ursprünglichen Tasten geben? Ihre eigene Wahl geht verloren.</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Give up the stroke that is being drawn</source>
        <translation>Den begonnenen Strich verwerfen</translation>
    </message>
    <message>
        <source>Go back</source>
        <translation>Zurückkehren</translation>
    </message>
    <message>
        <source>Go back to single CTs</source>
        <translation>Zurück zu einzelnen CTs</translation>
    </message>
    <message>
        <source>Go on after the last whole epoch</source>
        <translation>Nach der letzten ganzen Epoche fortfahren</translation>
    </message>
    <message>
        <source>Go through the slices</source>
        <translation>Durch die Schichten blättern</translation>
    </message>
    <message>
        <source>Go to structure</source>
        <translation>Zur Struktur</translation>
    </message>
    <message>
        <source>Go to surface</source>
        <translation>Zur Oberfläche</translation>
    </message>
    <message>
        <source>Graphics card with 16 GB</source>
        <translation>Grafikkarte mit 16 GB</translation>
    </message>
    <message>
        <source>Graphics card with 8 GB</source>
        <translation>Grafikkarte mit 8 GB</translation>
    </message>
    <message>
        <source>Grey window</source>
        <translation>Fensterung</translation>
    </message>
    <message>
        <source>Grey window of the CT (right drag in a plane changes it)</source>
        <translation>Fensterung des CTs (Ziehen mit der rechten Taste in einer Ebene ändert sie)</translation>
    </message>
    <message>
        <source>Grow</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Grow from seeds</source>
        <translation>Aus Saatpunkten wachsen</translation>
    </message>
    <message>
        <source>Grow from seeds…</source>
        <translation>Aus Saatpunkten wachsen…</translation>
    </message>
    <message>
        <source>Grow on all sides; a HU range or a structure can limit it</source>
        <translation>Auf allen Seiten vergrößern; ein HU-Bereich oder eine Struktur kann es begrenzen</translation>
    </message>
    <message>
        <source>Grow strokes and clicks through alike tissue, up to the seeds of other structures</source>
        <translation>Striche und Klicks durch ähnliches Gewebe wachsen lassen, bis zu den Saatpunkten anderer Strukturen</translation>
    </message>
    <message>
        <source>Grow…</source>
        <translation>Vergrößern…</translation>
    </message>
    <message>
        <source>Held back ({count})</source>
        <translation>Zurückgehalten ({count})</translation>
    </message>
    <message>
        <source>Help has a guide with pictures, and Find an action (Ctrl+Shift+P) finds the rest.</source>
        <translation>Unter „Hilfe“ finden Sie ein Handbuch mit Bildern, und „Aktion suchen“ (Strg+Umschalt+P) findet den Rest.</translation>
    </message>
    <message>
        <source>Help, Take the tour brings it back</source>
        <translation>Hilfe, Rundgang startet ihn wieder</translation>
    </message>
    <message>
        <source>Hidden: click to show</source>
        <translation>Ausgeblendet: klicken zum Einblenden</translation>
    </message>
    <message>
        <source>Hide all structures but the active one, or show all again</source>
        <translation>Alle Strukturen außer der aktiven ausblenden, oder alle wieder einblenden</translation>
    </message>
    <message>
        <source>Hide the measures</source>
        <translation>Die Messwerte ausblenden</translation>
    </message>
    <message>
        <source>Highest HU</source>
        <translation>Höchster HU-Wert</translation>
    </message>
    <message>
        <source>Hold-out</source>
        <translation>Testdaten</translation>
    </message>
    <message>
        <source>Hour at which a training starts</source>
        <translation>Stunde, zu der ein Training beginnt</translation>
    </message>
    <message>
        <source>How far the job is</source>
        <translation>Wie weit der Auftrag ist</translation>
    </message>
    <message>
        <source>How much the training may ask of this computer</source>
        <translation>Wie viel das Training diesem Computer abverlangen darf</translation>
    </message>
    <message>
        <source>How to do what, with pictures</source>
        <translation>Was wie geht, mit Bildern</translation>
    </message>
    <message>
        <source>I accept this licence</source>
        <translation>Ich stimme dieser Lizenz zu</translation>
    </message>
    <message>
        <source>I have read this code, and I trust exactly these files</source>
        <translation>Ich habe diesen Code gelesen und vertraue genau diesen Dateien</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Import a checkpoint</source>
        <translation>Checkpoint importieren</translation>
    </message>
    <message>
        <source>Import file…</source>
        <translation>Datei importieren…</translation>
    </message>
    <message>
        <source>Import folder…</source>
        <translation>Ordner importieren…</translation>
    </message>
    <message>
        <source>Import model</source>
        <translation>Modell importieren</translation>
    </message>
    <message>
        <source>Improve the model</source>
        <translation>Modell verbessern</translation>
    </message>
    <message>
        <source>Improve the model…</source>
        <translation>Modell verbessern…</translation>
    </message>
    <message>
        <source>In the data set</source>
        <translation>Im Datensatz</translation>
    </message>
    <message>
        <source>In the file</source>
        <translation>In der Datei</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>In Verwendung</translation>
    </message>
    <message>
        <source>In use: version {version}</source>
        <translation>In Verwendung: Version {version}</translation>
    </message>
    <message>
        <source>Install from the Model Zoo</source>
        <translation>Aus dem Model Zoo installieren</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>Installiert</translation>
    </message>
    <message>
        <source>Installed already: remove it first</source>
        <translation>Schon installiert: erst entfernen</translation>
    </message>
    <message>
        <source>Installed models</source>
        <translation>Installierte Modelle</translation>
    </message>
    <message>
        <source>Installed models: look at them, import, remove, choose</source>
        <translation>Installierte Modelle: ansehen, importieren, entfernen, wählen</translation>
    </message>
    <message>
        <source>It cannot be restored afterwards.</source>
        <translation>Sie kann danach nicht wiederhergestellt werden.</translation>
    </message>
    <message>
        <source>It holds no structure: the mask is empty now.</source>
        <translation>Sie enthält keine Struktur: Die Maske ist jetzt leer.</translation>
    </message>
    <message>
        <source>It holds {count} structures.</source>
        <translation>Sie enthält {count} Strukturen.</translation>
    </message>
    <message>
        <source>It waits for its turn.</source>
        <translation>Er wartet, bis er an der Reihe ist.</translation>
    </message>
    <message>
        <source>Its versions stay, and it can be reopened.</source>
        <translation>Seine Versionen bleiben, und er kann wieder geöffnet werden.</translation>
    </message>
    <message>
        <source>Its worker ended without a word. Resume goes on after the last whole epoch.</source>
        <translation>Sein Prozess endete ohne ein Wort. „Fortsetzen“ macht nach der letzten ganzen Epoche weiter.</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Auftrag</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep a HU range</source>
        <translation>HU-Bereich behalten</translation>
    </message>
    <message>
        <source>Keep a HU range…</source>
        <translation>HU-Bereich behalten…</translation>
    </message>
    <message>
        <source>Keep away from another</source>
        <translation>Abstand zu anderer halten</translation>
    </message>
    <message>
        <source>Keep away from another…</source>
        <translation>Abstand zu anderer halten…</translation>
    </message>
    <message>
        <source>Keep for later</source>
        <translation>Für später aufheben</translation>
    </message>
    <message>
        <source>Keep largest part</source>
        <translation>Größten Teil behalten</translation>
    </message>
    <message>
        <source>Keep only the voxels of the mask whose HU lie in a range</source>
        <translation>Nur die Voxel der Maske behalten, deren HU in einem Bereich liegen</translation>
    </message>
    <message>
        <source>Keep only voxels within a distance of another structure</source>
        <translation>Nur Voxel bis zu einem Abstand von einer anderen Struktur behalten</translation>
    </message>
    <message>
        <source>Keep part at crosshair</source>
        <translation>Teil am Fadenkreuz behalten</translation>
    </message>
    <message>
        <source>Keep what is near another</source>
        <translation>Nähe zu anderer behalten</translation>
    </message>
    <message>
        <source>Keep what is near another…</source>
        <translation>Nähe zu anderer behalten…</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Label files (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.dcm);;All files (*)</source>
        <translation>Labeldateien (*.nii *.nii.gz *.nrrd *.nhdr *.mha *.mhd *.dcm);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Label files lie beside this CT. Open one of them?</source>
        <translation>Neben diesem CT liegen Labeldateien. Eine davon öffnen?</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Language of the computer</source>
        <translation>Sprache des Computers</translation>
    </message>
    <message>
        <source>Larger brush</source>
        <translation>Größerer Pinsel</translation>
    </message>
    <message>
        <source>Lasso</source>
        <translation>Lasso</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>Anordnung</translation>
    </message>
    <message>
        <source>Learn from the approved cases; held-out patients decide</source>
        <translation>Aus den freigegebenen Fällen lernen; zurückgehaltene Patienten entscheiden</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>Weglassen</translation>
    </message>
    <message>
        <source>Leave out what names the patient</source>
        <translation>Weglassen, was den Patienten benennt</translation>
    </message>
    <message>
        <source>Leave the tour</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Left button</source>
        <translation>Linke Taste</translation>
    </message>
    <message>
        <source>Left click in 3D</source>
        <translation>Linksklick in 3D</translation>
    </message>
    <message>
        <source>Left drag in 3D</source>
        <translation>Links ziehen in 3D</translation>
    </message>
    <message>
        <source>Left drag on a click's marker</source>
        <translation>Links ziehen an der Marke eines Klicks</translation>
    </message>
    <message>
        <source>Let it take the place of the one in use</source>
        <translation>Es an die Stelle des verwendeten Modells setzen</translation>
    </message>
    <message>
        <source>Let no keys trigger this action</source>
        <translation>Keine Tasten sollen diese Aktion auslösen</translation>
    </message>
    <message>
        <source>Let the model begin</source>
        <translation>Das Modell beginnen lassen</translation>
    </message>
    <message>
        <source>Let the model learn from the approved cases; it is used only if it proves better</source>
        <translation>Das Modell aus den freigegebenen Fällen lernen lassen; es wird nur verwendet, wenn es nachweislich besser ist</translation>
    </message>
    <message>
        <source>Let the model segment every case that has no labels yet; you can go on working</source>
        <translation>Das Modell alle Fälle ohne Labels segmentieren lassen; Sie können weiterarbeiten</translation>
    </message>
    <message>
        <source>Let what lies behind a surface show in 3D</source>
        <translation>In 3D zeigen, was hinter einer Oberfläche liegt</translation>
    </message>
    <message>
        <source>Level (middle) of the grey window</source>
        <translation>Fensterlage (Mitte)</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Limit to a HU range</source>
        <translation>Auf einen HU-Bereich begrenzen</translation>
    </message>
    <message>
        <source>List what mouse and keys do, and choose other keys</source>
        <translation>Auflisten, was Maus und Tasten tun, und andere Tasten wählen</translation>
    </message>
    <message>
        <source>Listing the cases …</source>
        <translation>Die Fälle werden aufgelistet …</translation>
    </message>
    <message>
        <source>Little memory</source>
        <translation>Wenig Speicher</translation>
    </message>
    <message>
        <source>Locked: clicks on other structures leave it alone</source>
        <translation>Gesperrt: Klicks auf andere Strukturen lassen sie in Ruhe</translation>
    </message>
    <message>
        <source>Logs saved to {file}.</source>
        <translation>Protokolle gespeichert: {file}.</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Erneut prüfen</translation>
    </message>
    <message>
        <source>Look for holes, islands and what else is unlikely in the mask</source>
        <translation>Löcher, Inseln und anderes Unwahrscheinliche in der Maske suchen</translation>
    </message>
    <message>
        <source>Looking at this computer; trying the engines takes some seconds.</source>
        <translation>Dieser Computer wird geprüft; das Ausprobieren der Engines dauert einige Sekunden.</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>Loss and Dice by epoch</source>
        <translation>Verlust und Dice nach Epochen</translation>
    </message>
    <message>
        <source>Loss {now:.2f} (first epoch {first:.2f})</source>
        <translation>Verlust {now:.2f} (erste Epoche {first:.2f})</translation>
    </message>
    <message>
        <source>Lowest HU</source>
        <translation>Niedrigster HU-Wert</translation>
    </message>
    <message>
        <source>Lung and airways</source>
        <translation>Lunge und Atemwege</translation>
    </message>
    <message>
        <source>MEASURES</source>
        <translation>MESSWERTE</translation>
    </message>
    <message>
        <source>Made by this program</source>
        <translation>Von diesem Programm erzeugt</translation>
    </message>
    <message>
        <source>Make a folder that keeps cases, masks and reviews together</source>
        <translation>Einen Ordner anlegen, der Fälle, Masken und Prüfungen zusammenhält</translation>
    </message>
    <message>
        <source>Make each voxel what most voxels around it are</source>
        <translation>Jedes Voxel so setzen wie die meisten um es herum</translation>
    </message>
    <message>
        <source>Make one view large, or all small again</source>
        <translation>Eine Ansicht vergrößern, oder alle wieder klein</translation>
    </message>
    <message>
        <source>Make that structure of the list the active one</source>
        <translation>Diese Struktur der Liste aktiv machen</translation>
    </message>
    <message>
        <source>Make the brush larger</source>
        <translation>Den Pinsel vergrößern</translation>
    </message>
    <message>
        <source>Make the brush larger or smaller while drawing</source>
        <translation>Den Pinsel beim Zeichnen vergrößern oder verkleinern</translation>
    </message>
    <message>
        <source>Make the brush smaller</source>
        <translation>Den Pinsel verkleinern</translation>
    </message>
    <message>
        <source>Make the mask what it was in this version; undo takes that back</source>
        <translation>Die Maske wieder auf den Stand dieser Version bringen; Rückgängig nimmt es zurück</translation>
    </message>
    <message>
        <source>Make the mask what the replay ends with, and save it as a new version</source>
        <translation>Die Maske durch das Ende der Wiederholung ersetzen und als neue Version speichern</translation>
    </message>
    <message>
        <source>Make the next structure active</source>
        <translation>Die nächste Struktur aktiv machen</translation>
    </message>
    <message>
        <source>Make the previous structure active</source>
        <translation>Die vorige Struktur aktiv machen</translation>
    </message>
    <message>
        <source>Make the {name} the active structure{key}</source>
        <translation>Als aktive Struktur wählen: {name}{key}</translation>
    </message>
    <message>
        <source>Make this the large view</source>
        <translation>Diese Ansicht groß zeigen</translation>
    </message>
    <message>
        <source>Mark this case to come back to it</source>
        <translation>Diesen Fall markieren, um auf ihn zurückzukommen</translation>
    </message>
    <message>
        <source>Maximise</source>
        <translation>Maximieren</translation>
    </message>
    <message>
        <source>Maximise (double click)</source>
        <translation>Maximieren (Doppelklick)</translation>
    </message>
    <message>
        <source>Maximum (MIP)</source>
        <translation>Maximum (MIP)</translation>
    </message>
    <message>
        <source>Maximum in 3D (MIP)</source>
        <translation>Maximum in 3D (MIP)</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittelwert</translation>
    </message>
    <message>
        <source>Mean Dice by clicks, {structure}: {dice} ({data}).</source>
        <translation>Mittlerer Dice nach Klicks, {structure}: {dice} ({data}).</translation>
    </message>
    <message>
        <source>Mean density of the voxels</source>
        <translation>Mittlere Dichte der Voxel</translation>
    </message>
    <message>
        <source>Mean, HU</source>
        <translation>Mittel, HU</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messgröße</translation>
    </message>
    <message>
        <source>Measure HU (mean, SD, range) and area of a circle on a slice</source>
        <translation>HU (Mittel, SD, Bereich) und Fläche eines Kreises auf einer Schicht messen</translation>
    </message>
    <message>
        <source>Measure a distance in mm on a slice</source>
        <translation>Eine Strecke in mm auf einer Schicht messen</translation>
    </message>
    <message>
        <source>Measure an angle on a slice: one end, the corner, the other end</source>
        <translation>Einen Winkel auf einer Schicht messen: ein Ende, der Scheitel, das andere Ende</translation>
    </message>
    <message>
        <source>Measures</source>
        <translation>Messwerte</translation>
    </message>
    <message>
        <source>Measures, CSV</source>
        <translation>Messwerte, CSV</translation>
    </message>
    <message>
        <source>Measuring…</source>
        <translation>Wird gemessen…</translation>
    </message>
    <message>
        <source>Mend the labels and approve them again. Or tick what is right: the next training uses it.</source>
        <translation>Berichtigen Sie die Labels und geben Sie sie erneut frei. Oder haken Sie an, was richtig ist: Das nächste Training verwendet es.</translation>
    </message>
    <message>
        <source>MetaImage</source>
        <translation>MetaImage</translation>
    </message>
    <message>
        <source>MetaImage (*.mha)</source>
        <translation>MetaImage (*.mha)</translation>
    </message>
    <message>
        <source>Middle drag, Shift + left drag</source>
        <translation>Mitte ziehen, Umschalt + links ziehen</translation>
    </message>
    <message>
        <source>Minimum</source>
        <translation>Minimum</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model Zoo…</source>
        <translation>Model Zoo…</translation>
    </message>
    <message>
        <source>Model {version}: {title}</source>
        <translation>Modell {version}: {title}</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Models (*.zip *.pt *.pth *.ckpt);;All files (*)</source>
        <translation>Modelle (*.zip *.pt *.pth *.ckpt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Models of the Model Zoo</source>
        <translation>Modelle des Model Zoo</translation>
    </message>
    <message>
        <source>Models that ship with the program, and the one in use, stay</source>
        <translation>Mitgelieferte Modelle und das verwendete bleiben</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>Modelle…</translation>
    </message>
    <message>
        <source>More mm</source>
        <translation>Mehr mm</translation>
    </message>
    <message>
        <source>More mm between the slices of the film</source>
        <translation>Mehr mm zwischen den Schichten des Films</translation>
    </message>
    <message>
        <source>More tools</source>
        <translation>Weitere Werkzeuge</translation>
    </message>
    <message>
        <source>Mouse and keys</source>
        <translation>Maus und Tasten</translation>
    </message>
    <message>
        <source>Mouse and keys…</source>
        <translation>Maus und Tasten…</translation>
    </message>
    <message>
        <source>Move click</source>
        <translation>Klick verschieben</translation>
    </message>
    <message>
        <source>Move the crosshair into the active structure</source>
        <translation>Das Fadenkreuz in die aktive Struktur setzen</translation>
    </message>
    <message>
        <source>Move the crosshair there</source>
        <translation>Das Fadenkreuz dorthin setzen</translation>
    </message>
    <message>
        <source>Move the crosshair to the surface, or to the CT, under the pointer</source>
        <translation>Das Fadenkreuz auf die Oberfläche, oder das CT, unter dem Zeiger setzen</translation>
    </message>
    <message>
        <source>Move the crosshair with the left button</source>
        <translation>Das Fadenkreuz mit der linken Taste bewegen</translation>
    </message>
    <message>
        <source>Move the crosshair, or place a click, as the tool says</source>
        <translation>Das Fadenkreuz bewegen oder einen Klick setzen, je nach Werkzeug</translation>
    </message>
    <message>
        <source>Move the picture</source>
        <translation>Das Bild verschieben</translation>
    </message>
    <message>
        <source>NIfTI</source>
        <translation>NIfTI</translation>
    </message>
    <message>
        <source>NIfTI (*.nii)</source>
        <translation>NIfTI (*.nii)</translation>
    </message>
    <message>
        <source>NIfTI, compressed (*.nii.gz)</source>
        <translation>NIfTI, komprimiert (*.nii.gz)</translation>
    </message>
    <message>
        <source>NRRD</source>
        <translation>NRRD</translation>
    </message>
    <message>
        <source>NRRD (*.nrrd)</source>
        <translation>NRRD (*.nrrd)</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Navigate</source>
        <translation>Navigieren</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>New cases are being segmented already.</source>
        <translation>Neue Fälle werden bereits segmentiert.</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>Neue Tasten</translation>
    </message>
    <message>
        <source>New keys for “{name}”</source>
        <translation>Neue Tasten für „{name}“</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>Neues Projekt</translation>
    </message>
    <message>
        <source>New project: name its folder</source>
        <translation>Neues Projekt: Ordner benennen</translation>
    </message>
    <message>
        <source>New project…</source>
        <translation>Neues Projekt…</translation>
    </message>
    <message>
        <source>Newly approved cases that start a training</source>
        <translation>Neu freigegebene Fälle, die ein Training auslösen</translation>
    </message>
    <message>
        <source>Next case to do</source>
        <translation>Nächster offener Fall</translation>
    </message>
    <message>
        <source>Next kind of slab</source>
        <translation>Nächste Art der Dickschicht</translation>
    </message>
    <message>
        <source>Next look of the CT in 3D</source>
        <translation>Nächste Darstellung des CTs in 3D</translation>
    </message>
    <message>
        <source>Next structure</source>
        <translation>Nächste Struktur</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>No CT open</source>
        <translation>Kein CT geöffnet</translation>
    </message>
    <message>
        <source>No action has these words. Try fewer, or others.</source>
        <translation>Keine Aktion enthält diese Wörter. Versuchen Sie weniger oder andere.</translation>
    </message>
    <message>
        <source>No case is approved yet.</source>
        <translation>Noch ist kein Fall freigegeben.</translation>
    </message>
    <message>
        <source>No case is left to do in this list.</source>
        <translation>In dieser Liste ist kein offener Fall mehr.</translation>
    </message>
    <message>
        <source>No case is new.</source>
        <translation>Kein Fall ist neu.</translation>
    </message>
    <message>
        <source>No case matches. Clear the search or choose All.</source>
        <translation>Kein Fall passt. Leeren Sie die Suche oder wählen Sie „Alle“.</translation>
    </message>
    <message>
        <source>No case of the project is open.</source>
        <translation>Kein Fall des Projekts ist geöffnet.</translation>
    </message>
    <message>
        <source>No cases yet. Add a folder, or drop one here.</source>
        <translation>Noch keine Fälle. Fügen Sie einen Ordner hinzu, oder ziehen Sie einen hierher.</translation>
    </message>
    <message>
        <source>No keys</source>
        <translation>Keine Tasten</translation>
    </message>
    <message>
        <source>No mask yet</source>
        <translation>Noch keine Maske</translation>
    </message>
    <message>
        <source>No training yet. The model learns from the approved cases of the train split, in the background; approved cases of the hold-out then show whether it became better. Only then is it used.</source>
        <translation>Noch kein Training. Das Modell lernt im Hintergrund aus den freigegebenen Fällen der Trainingsdaten; freigegebene Fälle der Testdaten zeigen dann, ob es besser geworden ist. Nur dann wird es verwendet.</translation>
    </message>
    <message>
        <source>No version yet</source>
        <translation>Noch keine Version</translation>
    </message>
    <message>
        <source>No voxel differs.</source>
        <translation>Kein Voxel ist verschieden.</translation>
    </message>
    <message>
        <source>None yet. Choose Add or Remove, then click into a plane.</source>
        <translation>Noch keine. Wählen Sie „Hinzufügen“ oder „Entfernen“ und klicken Sie in eine Ebene.</translation>
    </message>
    <message>
        <source>None yet. Saving (Ctrl+S) keeps the first.</source>
        <translation>Noch keine. Speichern (Strg+S) legt die erste an.</translation>
    </message>
    <message>
        <source>Not checked since the last change.</source>
        <translation>Seit der letzten Änderung nicht geprüft.</translation>
    </message>
    <message>
        <source>Not checked yet.</source>
        <translation>Noch nicht geprüft.</translation>
    </message>
    <message>
        <source>Not drawn yet; there is no patient to share out.</source>
        <translation>Noch nicht ausgelost; es gibt keinen Patienten zum Aufteilen.</translation>
    </message>
    <message>
        <source>Not drawn yet; {patients} would be shared out.</source>
        <translation>Noch nicht ausgelost; {patients} würden aufgeteilt.</translation>
    </message>
    <message>
        <source>Not every name is that of a structure of this program.</source>
        <translation>Nicht jeder Name ist der einer Struktur dieses Programms.</translation>
    </message>
    <message>
        <source>Not in this page</source>
        <translation>Nicht auf dieser Seite</translation>
    </message>
    <message>
        <source>Not measured here. `maskwright evaluate` measures it on labelled CTs.</source>
        <translation>Hier nicht gemessen. `maskwright evaluate` misst es an CTs mit Labels.</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Nicht jetzt</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>Noch nicht gespeichert</translation>
    </message>
    <message>
        <source>Nothing to do yet</source>
        <translation>Noch nichts zu tun</translation>
    </message>
    <message>
        <source>Nothing to measure yet: segment, click or draw first.</source>
        <translation>Noch nichts zu messen: erst segmentieren, klicken oder zeichnen.</translation>
    </message>
    <message>
        <source>Nothing unusual was found.</source>
        <translation>Nichts Ungewöhnliches gefunden.</translation>
    </message>
    <message>
        <source>Nothing was changed yet that could be compared with the mask.</source>
        <translation>Noch wurde nichts geändert, was mit der Maske verglichen werden könnte.</translation>
    </message>
    <message>
        <source>Nothing was changed yet.</source>
        <translation>Noch wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Nothing was copied: all structures are empty.</source>
        <translation>Nichts kopiert: Alle Strukturen sind leer.</translation>
    </message>
    <message>
        <source>Nothing was said or done yet.</source>
        <translation>Noch wurde nichts gesagt oder getan.</translation>
    </message>
    <message>
        <source>Nothing was saved: all structures are empty.</source>
        <translation>Nichts gespeichert: Alle Strukturen sind leer.</translation>
    </message>
    <message>
        <source>Nothing was undone.</source>
        <translation>Nichts wurde zurückgenommen.</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Jetzt</translation>
    </message>
    <message>
        <source>Numbered as by</source>
        <translation>Nummeriert wie von</translation>
    </message>
    <message>
        <source>On validation cases after epoch {epoch}: {parts}.</source>
        <translation>Validierungsfälle nach Epoche {epoch}: {parts}.</translation>
    </message>
    <message>
        <source>One large view</source>
        <translation>Eine große Ansicht</translation>
    </message>
    <message>
        <source>One large view and three small ones; the arrow in a small one's header swaps them</source>
        <translation>Eine große Ansicht und drei kleine; der Pfeil im Kopf einer kleinen tauscht sie</translation>
    </message>
    <message>
        <source>One slice of the CT at a time</source>
        <translation>Eine Schicht des CTs nach der anderen</translation>
    </message>
    <message>
        <source>One step back</source>
        <translation>Einen Schritt zurück</translation>
    </message>
    <message>
        <source>One step on</source>
        <translation>Einen Schritt weiter</translation>
    </message>
    <message>
        <source>Only a case in review can be returned.</source>
        <translation>Nur ein Fall in Prüfung kann zurückgegeben werden.</translation>
    </message>
    <message>
        <source>Only in</source>
        <translation>Nur in</translation>
    </message>
    <message>
        <source>Only the proposal: each time you add cases you can choose</source>
        <translation>Nur der Vorschlag: Bei jedem Hinzufügen können Sie wählen</translation>
    </message>
    <message>
        <source>Only this structure</source>
        <translation>Nur diese Struktur</translation>
    </message>
    <message>
        <source>Opacity of the labels' fill</source>
        <translation>Deckkraft der Füllung der Labels</translation>
    </message>
    <message>
        <source>Opacity of the labels' outline</source>
        <translation>Deckkraft des Umrisses der Labels</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open CT</source>
        <translation>CT öffnen</translation>
    </message>
    <message>
        <source>Open CT…</source>
        <translation>CT öffnen…</translation>
    </message>
    <message>
        <source>Open DICOM folder</source>
        <translation>DICOM-Ordner öffnen</translation>
    </message>
    <message>
        <source>Open DICOM folder…</source>
        <translation>DICOM-Ordner öffnen…</translation>
    </message>
    <message>
        <source>Open a CT</source>
        <translation>Ein CT öffnen</translation>
    </message>
    <message>
        <source>Open a CT file</source>
        <translation>Eine CT-Datei öffnen</translation>
    </message>
    <message>
        <source>Open a CT first.</source>
        <translation>Öffnen Sie zuerst ein CT.</translation>
    </message>
    <message>
        <source>Open a case of the project first.</source>
        <translation>Öffnen Sie zuerst einen Fall des Projekts.</translation>
    </message>
    <message>
        <source>Open a folder of DICOM files</source>
        <translation>Einen Ordner mit DICOM-Dateien öffnen</translation>
    </message>
    <message>
        <source>Open a mask that lies on this CT</source>
        <translation>Eine Maske öffnen, die auf diesem CT liegt</translation>
    </message>
    <message>
        <source>Open a project first.</source>
        <translation>Öffnen Sie zuerst ein Projekt.</translation>
    </message>
    <message>
        <source>Open a project folder</source>
        <translation>Einen Projektordner öffnen</translation>
    </message>
    <message>
        <source>Open a synthetic abdomen CT</source>
        <translation>Ein synthetisches Abdomen-CT öffnen</translation>
    </message>
    <message>
        <source>Open as a CT</source>
        <translation>Als CT öffnen</translation>
    </message>
    <message>
        <source>Open as its label file</source>
        <translation>Als dessen Labeldatei öffnen</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open it for me</source>
        <translation>Für mich öffnen</translation>
    </message>
    <message>
        <source>Open label file</source>
        <translation>Labeldatei öffnen</translation>
    </message>
    <message>
        <source>Open label file…</source>
        <translation>Labeldatei öffnen…</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>Protokollordner öffnen</translation>
    </message>
    <message>
        <source>Open project</source>
        <translation>Projekt öffnen</translation>
    </message>
    <message>
        <source>Open project…</source>
        <translation>Projekt öffnen…</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Open recent project</source>
        <translation>Zuletzt geöffnete Projekte</translation>
    </message>
    <message>
        <source>Open report</source>
        <translation>Bericht öffnen</translation>
    </message>
    <message>
        <source>Open the next case that is not done</source>
        <translation>Den nächsten offenen Fall öffnen</translation>
    </message>
    <message>
        <source>Open the previous case that is not done</source>
        <translation>Den vorigen offenen Fall öffnen</translation>
    </message>
    <message>
        <source>Open the sample case</source>
        <translation>Beispielfall öffnen</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <source>Opposite click</source>
        <translation>Gegenteiliger Klick</translation>
    </message>
    <message>
        <source>Opposite tool</source>
        <translation>Gegenteiliges Werkzeug</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>Reihenfolge</translation>
    </message>
    <message>
        <source>Organs and vessels with contrast in 3D, the rest like glass</source>
        <translation>Organe und Gefäße mit Kontrastmittel in 3D, der Rest wie Glas</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Andere</translation>
    </message>
    <message>
        <source>Other structure</source>
        <translation>Andere Struktur</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Umriss</translation>
    </message>
    <message>
        <source>Over</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>PROJECTS</source>
        <translation>PROJEKTE</translation>
    </message>
    <message>
        <source>Pack logs and these findings into a file for a support mail. Sentences that might name a file or a patient are left out.</source>
        <translation>Protokolle und diese Ergebnisse für eine Support-Mail in eine Datei packen. Sätze, die eine Datei oder einen Patienten nennen könnten, werden weggelassen.</translation>
    </message>
    <message>
        <source>Paint by hand</source>
        <translation>Von Hand malen</translation>
    </message>
    <message>
        <source>Paint in the neighbouring slices too</source>
        <translation>Auch in den Nachbarschichten malen</translation>
    </message>
    <message>
        <source>Paint in this slice alone</source>
        <translation>Nur in dieser Schicht malen</translation>
    </message>
    <message>
        <source>Paint only tissue like that under the middle of the brush</source>
        <translation>Nur Gewebe wie unter der Mitte des Pinsels malen</translation>
    </message>
    <message>
        <source>Paint the structure; Ctrl erases, Shift+wheel changes the size</source>
        <translation>Die Struktur malen; Strg radiert, Umschalt + Mausrad ändert die Größe</translation>
    </message>
    <message>
        <source>Paint the {name}. Ctrl erases, Shift+wheel changes the size, Esc gives up.</source>
        <translation>Malen ({name}). Strg radiert, Umschalt + Mausrad ändert die Größe, Esc bricht ab.</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>Verschieben</translation>
    </message>
    <message>
        <source>Patients</source>
        <translation>Patienten</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Phase</source>
        <translation>Phase</translation>
    </message>
    <message>
        <source>Pick structure</source>
        <translation>Struktur wählen</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Bilder (*.png)</translation>
    </message>
    <message>
        <source>Place a click of the other kind</source>
        <translation>Einen Klick der anderen Art setzen</translation>
    </message>
    <message>
        <source>Place or move</source>
        <translation>Setzen oder bewegen</translation>
    </message>
    <message>
        <source>Play slices</source>
        <translation>Schichten abspielen</translation>
    </message>
    <message>
        <source>Play the clicks of this version again, step by step, with the model of today. The mask stays as it is</source>
        <translation>Die Klicks dieser Version Schritt für Schritt mit dem heutigen Modell wiederholen. Die Maske bleibt, wie sie ist</translation>
    </message>
    <message>
        <source>Play the slices of the view under the pointer; again, or Esc, stops</source>
        <translation>Die Schichten der Ansicht unter dem Zeiger abspielen; nochmals oder Esc hält an</translation>
    </message>
    <message>
        <source>Play the steps one after the other</source>
        <translation>Die Schritte nacheinander abspielen</translation>
    </message>
    <message>
        <source>Press Save (Ctrl+S) and choose a file. It is read back before it counts as saved.</source>
        <translation>Drücken Sie „Speichern“ (Strg+S) und wählen Sie eine Datei. Sie wird zurückgelesen, bevor sie als gespeichert gilt.</translation>
    </message>
    <message>
        <source>Press this button: the model segments the {name} by itself. Every step can be undone (Ctrl+Z).</source>
        <translation>Drücken Sie diesen Knopf: Das Modell segmentiert von selbst ({name}). Jeder Schritt lässt sich zurücknehmen (Strg+Z).</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Previous case to do</source>
        <translation>Voriger offener Fall</translation>
    </message>
    <message>
        <source>Previous structure</source>
        <translation>Vorige Struktur</translation>
    </message>
    <message>
        <source>Progress of the import</source>
        <translation>Fortschritt des Imports</translation>
    </message>
    <message>
        <source>Project settings</source>
        <translation>Projekteinstellungen</translation>
    </message>
    <message>
        <source>Project settings…</source>
        <translation>Projekteinstellungen…</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>Put a picture of the view that was pointed at last into the clipboard</source>
        <translation>Ein Bild der zuletzt gezeigten Ansicht in die Zwischenablage legen</translation>
    </message>
    <message>
        <source>Put an approved or excluded case back to work</source>
        <translation>Einen freigegebenen oder ausgeschlossenen Fall wieder in Arbeit nehmen</translation>
    </message>
    <message>
        <source>Put docks and views back to where they were at the first start</source>
        <translation>Andockfenster und Ansichten wieder wie beim ersten Start anordnen</translation>
    </message>
    <message>
        <source>Put it elsewhere; the model answers anew</source>
        <translation>Ihn woandershin setzen; das Modell antwortet neu</translation>
    </message>
    <message>
        <source>Put on version {newest}</source>
        <translation>Auf Version {newest} übertragen</translation>
    </message>
    <message>
        <source>Put on version {newest}, they change only the voxels that they are about. As it was left, the mask lacks what version {newest} has. Nothing is saved until you save it.</source>
        <translation>Auf Version {newest} übertragen ändern sie nur die Voxel, um die es ihnen geht. Wie verlassen fehlt der Maske, was Version {newest} enthält. Gespeichert wird erst, wenn Sie speichern.</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>RECENT</source>
        <translation>ZULETZT GEÖFFNET</translation>
    </message>
    <message>
        <source>Radius</source>
        <translation>Radius</translation>
    </message>
    <message>
        <source>Reach</source>
        <translation>Reichweite</translation>
    </message>
    <message>
        <source>Read all</source>
        <translation>Alles lesen</translation>
    </message>
    <message>
        <source>Read all of it, and copy it</source>
        <translation>Alles lesen und kopieren</translation>
    </message>
    <message>
        <source>Reading …</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Refine</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>ROI</translation>
    </message>
    <message>
        <source>Remarks</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove model</source>
        <translation>Modell entfernen</translation>
    </message>
    <message>
        <source>Remove part at crosshair</source>
        <translation>Teil am Fadenkreuz entfernen</translation>
    </message>
    <message>
        <source>Remove small parts</source>
        <translation>Kleine Teile entfernen</translation>
    </message>
    <message>
        <source>Remove small parts…</source>
        <translation>Kleine Teile entfernen…</translation>
    </message>
    <message>
        <source>Remove spikes and notches</source>
        <translation>Zacken und Kerben entfernen</translation>
    </message>
    <message>
        <source>Remove spikes and notches…</source>
        <translation>Zacken und Kerben entfernen…</translation>
    </message>
    <message>
        <source>Remove the voxels within a distance of another structure</source>
        <translation>Die Voxel bis zu einem Abstand von einer anderen Struktur entfernen</translation>
    </message>
    <message>
        <source>Remove what names the patient (which copies the CTs)</source>
        <translation>Entfernen, was den Patienten benennt (dazu werden die CTs kopiert)</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Entfernen…</translation>
    </message>
    <message>
        <source>Reopen</source>
        <translation>Wieder öffnen</translation>
    </message>
    <message>
        <source>Repeat the step taken back</source>
        <translation>Den zurückgenommenen Schritt wiederholen</translation>
    </message>
    <message>
        <source>Replace files that are there</source>
        <translation>Vorhandene Dateien ersetzen</translation>
    </message>
    <message>
        <source>Replay clicks</source>
        <translation>Klicks wiederholen</translation>
    </message>
    <message>
        <source>Replay of version {number}</source>
        <translation>Wiederholung von Version {number}</translation>
    </message>
    <message>
        <source>Replayed</source>
        <translation>Wiederholt</translation>
    </message>
    <message>
        <source>Research use only. Not a medical device.</source>
        <translation>Nur für Forschungszwecke. Kein Medizinprodukt.</translation>
    </message>
    <message>
        <source>Research use only. Not a medical device; not for diagnosis.</source>
        <translation>Nur für Forschungszwecke. Kein Medizinprodukt; nicht für die Diagnostik.</translation>
    </message>
    <message>
        <source>Reset all keys</source>
        <translation>Alle Tasten zurücksetzen</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>Anordnung zurücksetzen</translation>
    </message>
    <message>
        <source>Rest after the last whole epoch</source>
        <translation>Nach der letzten ganzen Epoche ruhen</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Restore unsaved work</source>
        <translation>Nicht gespeicherte Arbeit wiederherstellen</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>Zurückgeben</translation>
    </message>
    <message>
        <source>Return the case</source>
        <translation>Fall zurückgeben</translation>
    </message>
    <message>
        <source>Returned by {author}: {comment} The Review tab shows the place.</source>
        <translation>Zurückgegeben von {author}: {comment} Der Reiter „Prüfung“ zeigt die Stelle.</translation>
    </message>
    <message>
        <source>Return…</source>
        <translation>Zurückgeben…</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Right drag</source>
        <translation>Rechts ziehen</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
    <message>
        <source>Ruler</source>
        <translation>Strecke</translation>
    </message>
    <message>
        <source>Run and import</source>
        <translation>Ausführen und importieren</translation>
    </message>
    <message>
        <source>SD, HU</source>
        <translation>SD, HU</translation>
    </message>
    <message>
        <source>SHA-256 of all its files: {sha256}</source>
        <translation>SHA-256 aller seiner Dateien: {sha256}</translation>
    </message>
    <message>
        <source>Sagittal only</source>
        <translation>Nur sagittal</translation>
    </message>
    <message>
        <source>Same zoom in all planes</source>
        <translation>Gleicher Zoom in allen Ebenen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Save a version and ask for its review</source>
        <translation>Eine Version speichern und um Prüfung bitten</translation>
    </message>
    <message>
        <source>Save all views that are seen as one PNG</source>
        <translation>Alle sichtbaren Ansichten als eine PNG-Datei speichern</translation>
    </message>
    <message>
        <source>Save clicks</source>
        <translation>Klicks speichern</translation>
    </message>
    <message>
        <source>Save clicks…</source>
        <translation>Klicks speichern…</translation>
    </message>
    <message>
        <source>Save logs</source>
        <translation>Protokolle speichern</translation>
    </message>
    <message>
        <source>Save logs…</source>
        <translation>Protokolle speichern…</translation>
    </message>
    <message>
        <source>Save mask</source>
        <translation>Maske speichern</translation>
    </message>
    <message>
        <source>Save mask as…</source>
        <translation>Maske speichern unter…</translation>
    </message>
    <message>
        <source>Save measures</source>
        <translation>Messwerte speichern</translation>
    </message>
    <message>
        <source>Save measures…</source>
        <translation>Messwerte speichern…</translation>
    </message>
    <message>
        <source>Save one turn of the 3D view as an animated picture</source>
        <translation>Eine Drehung der 3D-Ansicht als bewegtes Bild speichern</translation>
    </message>
    <message>
        <source>Save picture</source>
        <translation>Bild speichern</translation>
    </message>
    <message>
        <source>Save picture of all views…</source>
        <translation>Bild aller Ansichten speichern…</translation>
    </message>
    <message>
        <source>Save picture of view…</source>
        <translation>Bild der Ansicht speichern…</translation>
    </message>
    <message>
        <source>Save the active structure's clicks, for `maskwright segment --clicks`</source>
        <translation>Die Klicks der aktiven Struktur speichern, für `maskwright segment --clicks`</translation>
    </message>
    <message>
        <source>Save the mask</source>
        <translation>Maske speichern</translation>
    </message>
    <message>
        <source>Save the mask of {name} before closing? “Keep for later” offers the changes again when that CT is opened, and at the next start.</source>
        <translation>Die Maske von {name} vor dem Schließen speichern? „Für später aufheben“ bietet die Änderungen wieder an, wenn dieses CT geöffnet wird und beim nächsten Start.</translation>
    </message>
    <message>
        <source>Save the mask to another file</source>
        <translation>Die Maske in einer anderen Datei speichern</translation>
    </message>
    <message>
        <source>Save the measures of all structures as CSV or JSON</source>
        <translation>Die Messwerte aller Strukturen als CSV oder JSON speichern</translation>
    </message>
    <message>
        <source>Save the view that was pointed at last as PNG</source>
        <translation>Die zuletzt gezeigte Ansicht als PNG speichern</translation>
    </message>
    <message>
        <source>Save turning film</source>
        <translation>Drehfilm speichern</translation>
    </message>
    <message>
        <source>Save turning film…</source>
        <translation>Drehfilm speichern…</translation>
    </message>
    <message>
        <source>Saved the film {name}.</source>
        <translation>Film {name} gespeichert.</translation>
    </message>
    <message>
        <source>Saved the picture {name}.</source>
        <translation>Bild {name} gespeichert.</translation>
    </message>
    <message>
        <source>Saved to {path}, and checked by reading it back.</source>
        <translation>Gespeichert in {path} und durch Zurücklesen geprüft.</translation>
    </message>
    <message>
        <source>Saved to {where}. Nothing was sent: read it, then attach it to a mail yourself.</source>
        <translation>Gespeichert in {where}. Nichts wurde gesendet: Lesen Sie es und hängen Sie es selbst an eine E-Mail.</translation>
    </message>
    <message>
        <source>Saved {name}.</source>
        <translation>{name} gespeichert.</translation>
    </message>
    <message>
        <source>Say what this means here: {names}.</source>
        <translation>Sagen Sie, was dies hier bedeutet: {names}.</translation>
    </message>
    <message>
        <source>Say who may approve, where CTs lie, and draw the split</source>
        <translation>Festlegen, wer freigeben darf und wo CTs liegen, und die Aufteilung auslosen</translation>
    </message>
    <message>
        <source>Scroll</source>
        <translation>Blättern</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search cases</source>
        <translation>Fälle suchen</translation>
    </message>
    <message>
        <source>Search the list of cases</source>
        <translation>Die Liste der Fälle durchsuchen</translation>
    </message>
    <message>
        <source>See through surfaces</source>
        <translation>Durchsichtige Oberflächen</translation>
    </message>
    <message>
        <source>Segment</source>
        <translation>Segmentieren</translation>
    </message>
    <message>
        <source>Segment all new cases</source>
        <translation>Alle neuen Fälle segmentieren</translation>
    </message>
    <message>
        <source>Segment organs in CT by pointing and clicking</source>
        <translation>Organe im CT segmentieren: zeigen und klicken</translation>
    </message>
    <message>
        <source>Segment the active structure without clicks</source>
        <translation>Die aktive Struktur ohne Klicks segmentieren</translation>
    </message>
    <message>
        <source>Segment {name}</source>
        <translation>{name} segmentieren</translation>
    </message>
    <message>
        <source>Segments without clicks: {automatic}.</source>
        <translation>Segmentiert ohne Klicks: {automatic}.</translation>
    </message>
    <message>
        <source>Send the case back with a comment at the crosshair</source>
        <translation>Den Fall mit einem Kommentar am Fadenkreuz zurückgeben</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>Serie</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Shift + wheel</source>
        <translation>Umschalt + Mausrad</translation>
    </message>
    <message>
        <source>Show CT in its folder</source>
        <translation>CT in seinem Ordner zeigen</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>Show all four views (double click)</source>
        <translation>Alle vier Ansichten zeigen (Doppelklick)</translation>
    </message>
    <message>
        <source>Show case name</source>
        <translation>Fallnamen zeigen</translation>
    </message>
    <message>
        <source>Show cases</source>
        <translation>Fälle zeigen</translation>
    </message>
    <message>
        <source>Show cases of one status</source>
        <translation>Fälle eines Status zeigen</translation>
    </message>
    <message>
        <source>Show crosshair</source>
        <translation>Fadenkreuz zeigen</translation>
    </message>
    <message>
        <source>Show flagged cases only</source>
        <translation>Nur markierte Fälle zeigen</translation>
    </message>
    <message>
        <source>Show labels</source>
        <translation>Labels zeigen</translation>
    </message>
    <message>
        <source>Show me</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show measures</source>
        <translation>Messwerte zeigen</translation>
    </message>
    <message>
        <source>Show or hide all labels</source>
        <translation>Alle Labels ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Show or hide checks, comments and versions of the open case</source>
        <translation>Prüfpunkte, Kommentare und Versionen des offenen Falls ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Show or hide the crosshair in the planes</source>
        <translation>Das Fadenkreuz in den Ebenen ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Show or hide the frames of the three slices in 3D</source>
        <translation>Die Rahmen der drei Schichten in 3D ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Show or hide the list of cases</source>
        <translation>Die Liste der Fälle ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Show or hide the name of the case in the views, and so in their pictures</source>
        <translation>Den Namen des Falls in den Ansichten, und damit in ihren Bildern, ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Show or hide volume, density, surface and diameters of every structure</source>
        <translation>Volumen, Dichte, Oberfläche und Durchmesser jeder Struktur ein- oder ausblenden</translation>
    </message>
    <message>
        <source>Show review</source>
        <translation>Prüfung zeigen</translation>
    </message>
    <message>
        <source>Show the CT's own slices again</source>
        <translation>Wieder die eigenen Schichten des CTs zeigen</translation>
    </message>
    <message>
        <source>Show the comparison as a page</source>
        <translation>Den Vergleich als Seite zeigen</translation>
    </message>
    <message>
        <source>Show the mask again</source>
        <translation>Wieder die Maske zeigen</translation>
    </message>
    <message>
        <source>Show the program's log files</source>
        <translation>Die Protokolldateien des Programms zeigen</translation>
    </message>
    <message>
        <source>Show the whole patient in every view</source>
        <translation>In jeder Ansicht den ganzen Patienten zeigen</translation>
    </message>
    <message>
        <source>Show what differs between the two versions</source>
        <translation>Zeigen, was sich zwischen den beiden Versionen unterscheidet</translation>
    </message>
    <message>
        <source>Show what differs between this version and the mask in the views. Select two (Ctrl+click) to compare them with each other</source>
        <translation>Zeigen, was sich zwischen dieser Version und der Maske in den Ansichten unterscheidet. Wählen Sie zwei (Strg+Klick), um sie miteinander zu vergleichen</translation>
    </message>
    <message>
        <source>Show what it would do; nothing is changed</source>
        <translation>Zeigen, was es bewirken würde; nichts wird geändert</translation>
    </message>
    <message>
        <source>Show where the replay differs from what the version keeps</source>
        <translation>Zeigen, wo die Wiederholung von dem abweicht, was die Version enthält</translation>
    </message>
    <message>
        <source>Shrink</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Shrink…</source>
        <translation>Verkleinern…</translation>
    </message>
    <message>
        <source>Side of its box</source>
        <translation>Kantenlänge seines Quaders</translation>
    </message>
    <message>
        <source>Side of the box that the CT is resized to</source>
        <translation>Kantenlänge des Quaders, auf den das CT umgerechnet wird</translation>
    </message>
    <message>
        <source>Single slice</source>
        <translation>Einzelne Schicht</translation>
    </message>
    <message>
        <source>Single slice, maximum, mean, minimum in turn</source>
        <translation>Einzelne Schicht, Maximum, Mittelwert, Minimum im Wechsel</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Skip this step</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Slab</source>
        <translation>Dickschicht</translation>
    </message>
    <message>
        <source>Slab: maximum, mean or minimum of several slices</source>
        <translation>Dickschicht: Maximum, Mittelwert oder Minimum mehrerer Schichten</translation>
    </message>
    <message>
        <source>Slice frames in 3D</source>
        <translation>Schichtrahmen in 3D</translation>
    </message>
    <message>
        <source>Slices</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Smaller brush</source>
        <translation>Kleinerer Pinsel</translation>
    </message>
    <message>
        <source>Smooth surface</source>
        <translation>Oberfläche glätten</translation>
    </message>
    <message>
        <source>Smooth surface…</source>
        <translation>Oberfläche glätten…</translation>
    </message>
    <message>
        <source>Smooth, grow, fill and more: what works on the whole mask</source>
        <translation>Glätten, vergrößern, füllen und mehr: was auf die ganze Maske wirkt</translation>
    </message>
    <message>
        <source>Soft tissue with contrast</source>
        <translation>Weichteile mit Kontrastmittel</translation>
    </message>
    <message>
        <source>Somebody else than the author approves</source>
        <translation>Jemand anderes als der Autor gibt frei</translation>
    </message>
    <message>
        <source>Something that the program needs is missing.</source>
        <translation>Etwas, das das Programm braucht, fehlt.</translation>
    </message>
    <message>
        <source>Something that the program needs is missing: see below.</source>
        <translation>Etwas, das das Programm braucht, fehlt: siehe unten.</translation>
    </message>
    <message>
        <source>Something went wrong that should not ({name}). Save your work; the details are in the log (Help menu).</source>
        <translation>Etwas ging schief, das nicht schiefgehen darf ({name}). Speichern Sie Ihre Arbeit; Einzelheiten stehen im Protokoll (Menü „Hilfe“).</translation>
    </message>
    <message>
        <source>Sort the cases</source>
        <translation>Die Fälle sortieren</translation>
    </message>
    <message>
        <source>Source: {line}</source>
        <translation>Quelle: {line}</translation>
    </message>
    <message>
        <source>Speak English from the next start on</source>
        <translation>Ab dem nächsten Start Englisch sprechen</translation>
    </message>
    <message>
        <source>Speak German from the next start on</source>
        <translation>Ab dem nächsten Start Deutsch sprechen</translation>
    </message>
    <message>
        <source>Speak the computer's language, or English, from the next start on</source>
        <translation>Ab dem nächsten Start die Sprache des Computers sprechen, sonst Englisch</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>Aufteilung</translation>
    </message>
    <message>
        <source>Standard deviation of the voxels' density</source>
        <translation>Standardabweichung der Dichte der Voxel</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Status filter</source>
        <translation>Statusfilter</translation>
    </message>
    <message>
        <source>Step of the replay</source>
        <translation>Schritt der Wiederholung</translation>
    </message>
    <message>
        <source>Stick to edges</source>
        <translation>An Kanten haften</translation>
    </message>
    <message>
        <source>Stop it; nothing is changed</source>
        <translation>Anhalten; nichts wird geändert</translation>
    </message>
    <message>
        <source>Stop; the last checkpoint is kept</source>
        <translation>Anhalten; der letzte Checkpoint bleibt</translation>
    </message>
    <message>
        <source>Straighten planes</source>
        <translation>Ebenen aufrichten</translation>
    </message>
    <message>
        <source>Structure</source>
        <translation>Struktur</translation>
    </message>
    <message>
        <source>Structure here</source>
        <translation>Struktur hier</translation>
    </message>
    <message>
        <source>Structures</source>
        <translation>Strukturen</translation>
    </message>
    <message>
        <source>Submit</source>
        <translation>Einreichen</translation>
    </message>
    <message>
        <source>Surface, cm²</source>
        <translation>Fläche, cm²</translation>
    </message>
    <message>
        <source>Surfaces only</source>
        <translation>Nur Oberflächen</translation>
    </message>
    <message>
        <source>Surfaces only, bone, soft tissue, vessels, lung, maximum in turn</source>
        <translation>Nur Oberflächen, Knochen, Weichteile, Gefäße, Lunge, Maximum im Wechsel</translation>
    </message>
    <message>
        <source>Surfaces, OBJ</source>
        <translation>Oberflächen, OBJ</translation>
    </message>
    <message>
        <source>Surfaces, PLY</source>
        <translation>Oberflächen, PLY</translation>
    </message>
    <message>
        <source>Surfaces, STL</source>
        <translation>Oberflächen, STL</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Table (*.csv);;JSON (*.json)</source>
        <translation>Tabelle (*.csv);;JSON (*.json)</translation>
    </message>
    <message>
        <source>Take a layer off on all sides</source>
        <translation>Auf allen Seiten eine Lage abtragen</translation>
    </message>
    <message>
        <source>Take flag away</source>
        <translation>Markierung aufheben</translation>
    </message>
    <message>
        <source>Take it over</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Take the keys from the other action</source>
        <translation>Die Tasten der anderen Aktion wegnehmen</translation>
    </message>
    <message>
        <source>Take the last step back</source>
        <translation>Den letzten Schritt zurücknehmen</translation>
    </message>
    <message>
        <source>Take the tour</source>
        <translation>Rundgang</translation>
    </message>
    <message>
        <source>Take this case out of the work, with a reason</source>
        <translation>Diesen Fall mit Begründung aus der Arbeit nehmen</translation>
    </message>
    <message>
        <source>Take version {number}</source>
        <translation>Version {number} nehmen</translation>
    </message>
    <message>
        <source>Taken over from data sets, and frozen: {shared}.</source>
        <translation>Aus Datensätzen übernommen und festgeschrieben: {shared}.</translation>
    </message>
    <message>
        <source>That was all</source>
        <translation>Das war alles</translation>
    </message>
    <message>
        <source>The 3D view alone</source>
        <translation>Nur die 3D-Ansicht</translation>
    </message>
    <message>
        <source>The average of several slices: less noise</source>
        <translation>Der Mittelwert mehrerer Schichten: weniger Rauschen</translation>
    </message>
    <message>
        <source>The axial plane alone</source>
        <translation>Nur die axiale Ebene</translation>
    </message>
    <message>
        <source>The bones of the CT in 3D, shaded</source>
        <translation>Die Knochen des CTs in 3D, schattiert</translation>
    </message>
    <message>
        <source>The brightest voxel along each line of sight</source>
        <translation>Das hellste Voxel entlang jeder Blicklinie</translation>
    </message>
    <message>
        <source>The brightest voxel of several slices: vessels with contrast, nodules</source>
        <translation>Das hellste Voxel mehrerer Schichten: Gefäße mit Kontrastmittel, Rundherde</translation>
    </message>
    <message>
        <source>The bundle's code</source>
        <translation>Der Code des Bundles</translation>
    </message>
    <message>
        <source>The case</source>
        <translation>Der Fall</translation>
    </message>
    <message>
        <source>The case is excluded already.</source>
        <translation>Der Fall ist bereits ausgeschlossen.</translation>
    </message>
    <message>
        <source>The case is {status} already.</source>
        <translation>Der Fall ist bereits {status}.</translation>
    </message>
    <message>
        <source>The case is {status}.</source>
        <translation>Der Fall ist {status}.</translation>
    </message>
    <message>
        <source>The case is {status}: work on it as it is.</source>
        <translation>Der Fall ist {status}: Arbeiten Sie so an ihm weiter.</translation>
    </message>
    <message>
        <source>The changes cannot be kept: the disk refuses them. Save the mask somewhere else.</source>
        <translation>Die Änderungen können nicht aufgehoben werden: Der Datenträger nimmt sie nicht an. Speichern Sie die Maske anderswo.</translation>
    </message>
    <message>
        <source>The check found what a reviewer should see. Why is the mask right all the same?</source>
        <translation>Die Prüfung fand etwas, das ein Prüfer sehen sollte. Warum ist die Maske dennoch richtig?</translation>
    </message>
    <message>
        <source>The classes after background, in their order, with commas between</source>
        <translation>Die Klassen nach dem Hintergrund, in ihrer Reihenfolge, durch Kommas getrennt</translation>
    </message>
    <message>
        <source>The comment is about the {name} and points at the crosshair.</source>
        <translation>Der Kommentar betrifft „{name}“ und zeigt auf das Fadenkreuz.</translation>
    </message>
    <message>
        <source>The coronal plane alone</source>
        <translation>Nur die koronare Ebene</translation>
    </message>
    <message>
        <source>The darkest voxel: airways, ducts</source>
        <translation>Das dunkelste Voxel: Atemwege, Gänge</translation>
    </message>
    <message>
        <source>The data set states its split, which is taken over: {parts}.</source>
        <translation>Der Datensatz gibt seine Aufteilung an, sie wird übernommen: {parts}.</translation>
    </message>
    <message>
        <source>The film before is not yet finished.</source>
        <translation>Der vorige Film ist noch nicht fertig.</translation>
    </message>
    <message>
        <source>The guide is not part of this installation ({page} is missing). Install the program again.</source>
        <translation>Das Handbuch gehört nicht zu dieser Installation ({page} fehlt). Installieren Sie das Programm neu.</translation>
    </message>
    <message>
        <source>The keys that it came with</source>
        <translation>Die ursprünglichen Tasten</translation>
    </message>
    <message>
        <source>The line cuts or adds in every slice of this plane</source>
        <translation>Die Linie schneidet oder ergänzt in jeder Schicht dieser Ebene</translation>
    </message>
    <message>
        <source>The longest straight line in space</source>
        <translation>Die längste gerade Linie im Raum</translation>
    </message>
    <message>
        <source>The longest straight line within one axial slice</source>
        <translation>Die längste gerade Linie in einer axialen Schicht</translation>
    </message>
    <message>
        <source>The lungs in 3D, like glass</source>
        <translation>Die Lungen in 3D, wie Glas</translation>
    </message>
    <message>
        <source>The mask before the last change beside the mask now, at a line to drag; or two versions</source>
        <translation>Die Maske vor der letzten Änderung neben der jetzigen, an einer Linie zum Ziehen; oder zwei Versionen</translation>
    </message>
    <message>
        <source>The mask changed; this is being measured again</source>
        <translation>Die Maske hat sich geändert; dies wird neu gemessen</translation>
    </message>
    <message>
        <source>The mask has changes that are not saved.</source>
        <translation>Die Maske hat ungespeicherte Änderungen.</translation>
    </message>
    <message>
        <source>The mask is being saved.</source>
        <translation>Die Maske wird gespeichert.</translation>
    </message>
    <message>
        <source>The open case: {case_title}</source>
        <translation>Der offene Fall: {case_title}</translation>
    </message>
    <message>
        <source>The picture of the view is in the clipboard.</source>
        <translation>Das Bild der Ansicht ist in der Zwischenablage.</translation>
    </message>
    <message>
        <source>The project can then be moved and backed up as a whole</source>
        <translation>Das Projekt lässt sich dann als Ganzes verschieben und sichern</translation>
    </message>
    <message>
        <source>The project has no cases yet.</source>
        <translation>Das Projekt hat noch keine Fälle.</translation>
    </message>
    <message>
        <source>The project is read-only in this window.</source>
        <translation>Das Projekt ist in diesem Fenster schreibgeschützt.</translation>
    </message>
    <message>
        <source>The project remembers the place and checks the contents</source>
        <translation>Das Projekt merkt sich den Ort und prüft den Inhalt</translation>
    </message>
    <message>
        <source>The replay differs from version {number}.{table}{reason}</source>
        <translation>Die Wiederholung weicht von Version {number} ab.{table}{reason}</translation>
    </message>
    <message>
        <source>The replay ends with the same mask as version {number}, voxel by voxel.</source>
        <translation>Die Wiederholung endet mit derselben Maske wie Version {number}, Voxel für Voxel.</translation>
    </message>
    <message>
        <source>The sagittal plane alone</source>
        <translation>Nur die sagittale Ebene</translation>
    </message>
    <message>
        <source>The training goes on</source>
        <translation>Das Training läuft weiter</translation>
    </message>
    <message>
        <source>The unsaved changes to {name} began before any version.</source>
        <translation>Die nicht gespeicherten Änderungen an {name} begannen vor der ersten Version.</translation>
    </message>
    <message>
        <source>The unsaved changes to {name} belong to version {number}.</source>
        <translation>Die nicht gespeicherten Änderungen an {name} gehören zu Version {number}.</translation>
    </message>
    <message>
        <source>The window speaks the chosen language from the next start on.</source>
        <translation>Das Fenster spricht die gewählte Sprache ab dem nächsten Start.</translation>
    </message>
    <message>
        <source>The {name} is empty already.</source>
        <translation>„{name}“ ist bereits leer.</translation>
    </message>
    <message>
        <source>The {name} is empty.</source>
        <translation>„{name}“ ist leer.</translation>
    </message>
    <message>
        <source>The {name} is empty: draw or segment it first.</source>
        <translation>„{name}“ ist leer: erst zeichnen oder segmentieren.</translation>
    </message>
    <message>
        <source>There are no clicks on the {name}.</source>
        <translation>Auf „{name}“ gibt es keine Klicks.</translation>
    </message>
    <message>
        <source>There is no measurement to delete on this CT.</source>
        <translation>Auf diesem CT gibt es keine Messung zu löschen.</translation>
    </message>
    <message>
        <source>There is nothing to approve yet.</source>
        <translation>Es gibt noch nichts freizugeben.</translation>
    </message>
    <message>
        <source>There is nothing to review yet.</source>
        <translation>Es gibt noch nichts zu prüfen.</translation>
    </message>
    <message>
        <source>Thicker slab</source>
        <translation>Dickere Dickschicht</translation>
    </message>
    <message>
        <source>Thickness</source>
        <translation>Schichtdicke</translation>
    </message>
    <message>
        <source>Thinner slab</source>
        <translation>Dünnere Dickschicht</translation>
    </message>
    <message>
        <source>This case was segmented in the background, as version {number}. What you drew meanwhile stays; undo can bring it back if you take the other.</source>
        <translation>Dieser Fall wurde im Hintergrund segmentiert, als Version {number}. Was Sie inzwischen gezeichnet haben, bleibt; Rückgängig bringt es zurück, wenn Sie die andere nehmen.</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Dieser Computer</translation>
    </message>
    <message>
        <source>This computer can run Maskwright.</source>
        <translation>Auf diesem Computer läuft Maskwright.</translation>
    </message>
    <message>
        <source>This computer can run Maskwright. Something could be better.</source>
        <translation>Auf diesem Computer läuft Maskwright. Etwas könnte besser sein.</translation>
    </message>
    <message>
        <source>This computer could not be looked at.</source>
        <translation>Dieser Computer konnte nicht geprüft werden.</translation>
    </message>
    <message>
        <source>This computer…</source>
        <translation>Dieser Computer…</translation>
    </message>
    <message>
        <source>This cuts the CT in 3D open: choose in View, CT in 3D, how it is shown.</source>
        <translation>Dies schneidet das CT in 3D auf: Wählen Sie unter Ansicht, CT in 3D, wie es gezeigt wird.</translation>
    </message>
    <message>
        <source>This folder holds several series. Which one do you want to open?</source>
        <translation>Dieser Ordner enthält mehrere Serien. Welche möchten Sie öffnen?</translation>
    </message>
    <message>
        <source>This plane is oblique: drawing and measuring work on the CT's own slices. Straighten planes (View menu) shows them again.</source>
        <translation>Diese Ebene ist schräg: Zeichnen und Messen gehen nur auf den Schichten des CTs. „Ebenen aufrichten“ (Menü „Ansicht“) zeigt sie wieder.</translation>
    </message>
    <message>
        <source>Three planes and 3D</source>
        <translation>Drei Ebenen und 3D</translation>
    </message>
    <message>
        <source>Through all slices</source>
        <translation>Durch alle Schichten</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>To do</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Too few patients were held out to judge this model. Why is it used?</source>
        <translation>Zu wenige Patienten wurden zurückgehalten, um dieses Modell zu beurteilen. Warum wird es verwendet?</translation>
    </message>
    <message>
        <source>Tool</source>
        <translation>Werkzeug</translation>
    </message>
    <message>
        <source>Toolbar</source>
        <translation>Werkzeugleiste</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Trained on: {line}</source>
        <translation>Trainiert mit: {line}</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Try everything anew</source>
        <translation>Alles erneut ausprobieren</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Drehen</translation>
    </message>
    <message>
        <source>Turn planes</source>
        <translation>Ebenen drehen</translation>
    </message>
    <message>
        <source>Turn the patient; wheel or right drag: zoom</source>
        <translation>Den Patienten drehen; Mausrad oder rechts ziehen: Zoom</translation>
    </message>
    <message>
        <source>Turning for the film</source>
        <translation>Drehung für den Film</translation>
    </message>
    <message>
        <source>Type what you want to do, and press Enter to do it</source>
        <translation>Schreiben Sie, was Sie tun möchten, und drücken Sie die Eingabetaste</translation>
    </message>
    <message>
        <source>UNETR, as in the DeepEdit tutorial</source>
        <translation>UNETR, wie im DeepEdit-Tutorial</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Unlocked: clicks on other structures may take voxels from it</source>
        <translation>Nicht gesperrt: Klicks auf andere Strukturen können ihr Voxel nehmen</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Ungespeicherte Änderungen</translation>
    </message>
    <message>
        <source>Unsaved changes are not exported. {why_not_save}</source>
        <translation>Ungespeicherte Änderungen werden nicht exportiert. {why_not_save}</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Verwenden</translation>
    </message>
    <message>
        <source>Use the CTs where they are</source>
        <translation>Die CTs dort lassen, wo sie sind</translation>
    </message>
    <message>
        <source>Use the version before again</source>
        <translation>Wieder die vorige Version verwenden</translation>
    </message>
    <message>
        <source>Use the whole screen</source>
        <translation>Den ganzen Bildschirm nutzen</translation>
    </message>
    <message>
        <source>Use this model</source>
        <translation>Dieses Modell verwenden</translation>
    </message>
    <message>
        <source>Use this model…</source>
        <translation>Dieses Modell verwenden…</translation>
    </message>
    <message>
        <source>User guide</source>
        <translation>Handbuch</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Version {newest} is newer than this mask</source>
        <translation>Version {newest} ist neuer als diese Maske</translation>
    </message>
    <message>
        <source>Version {newest} is newer.</source>
        <translation>Version {newest} ist neuer.</translation>
    </message>
    <message>
        <source>Version {number}</source>
        <translation>Version {number}</translation>
    </message>
    <message>
        <source>Version {number} → {newer}: &lt;span style='color:#3a96ff'&gt;■&amp;nbsp;added&lt;/span&gt;, &lt;span style='color:#ff961e'&gt;■&amp;nbsp;removed&lt;/span&gt;</source>
        <translation>Version {number} → {newer}: &lt;span style='color:#3a96ff'&gt;■&amp;nbsp;ergänzt&lt;/span&gt;, &lt;span style='color:#ff961e'&gt;■&amp;nbsp;entfernt&lt;/span&gt;</translation>
    </message>
    <message>
        <source>Version {number}, but version {newest} is newer</source>
        <translation>Version {number}, aber Version {newest} ist neuer</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>Version {version}</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Versions, devices and licence</source>
        <translation>Versionen, Geräte und Lizenz</translation>
    </message>
    <message>
        <source>Vessels</source>
        <translation>Gefäße</translation>
    </message>
    <message>
        <source>Vessels with contrast, and bones, in 3D</source>
        <translation>Gefäße mit Kontrastmittel, und Knochen, in 3D</translation>
    </message>
    <message>
        <source>Visible: click to hide</source>
        <translation>Eingeblendet: klicken zum Ausblenden</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Volumen</translation>
    </message>
    <message>
        <source>Volume of the mask</source>
        <translation>Volumen der Maske</translation>
    </message>
    <message>
        <source>Volume, HU and diameters of every structure in one table.</source>
        <translation>Volumen, HU und Durchmesser jeder Struktur in einer Tabelle.</translation>
    </message>
    <message>
        <source>Volume, mL</source>
        <translation>Volumen, mL</translation>
    </message>
    <message>
        <source>Voxel</source>
        <translation>Voxel</translation>
    </message>
    <message>
        <source>Voxels of the mask, at once after every edit</source>
        <translation>Voxel der Maske, sofort nach jeder Änderung</translation>
    </message>
    <message>
        <source>Waits for its answer</source>
        <translation>Wartet auf die Antwort</translation>
    </message>
    <message>
        <source>What do the values of {file_name} mean?</source>
        <translation>Was bedeuten die Werte von {file_name}?</translation>
    </message>
    <message>
        <source>What do you want to do?</source>
        <translation>Was möchten Sie tun?</translation>
    </message>
    <message>
        <source>What is known of the selected model</source>
        <translation>Was über das gewählte Modell bekannt ist</translation>
    </message>
    <message>
        <source>What is there to say?</source>
        <translation>Was ist zu sagen?</translation>
    </message>
    <message>
        <source>What it finds</source>
        <translation>Was es findet</translation>
    </message>
    <message>
        <source>What runs the model on this computer</source>
        <translation>Womit das Modell auf diesem Computer rechnet</translation>
    </message>
    <message>
        <source>What should be mended?</source>
        <translation>Was ist zu verbessern?</translation>
    </message>
    <message>
        <source>What the last change added and removed; or what differs between two versions</source>
        <translation>Was die letzte Änderung ergänzt und entfernt hat; oder was zwei Versionen unterscheidet</translation>
    </message>
    <message>
        <source>What this computer can do, what is missing, and logs for a support mail</source>
        <translation>Was dieser Computer kann, was fehlt, und Protokolle für eine Support-Mail</translation>
    </message>
    <message>
        <source>What {name} means here</source>
        <translation>Was {name} hier bedeutet</translation>
    </message>
    <message>
        <source>Wheel, Page Up/Down, ↑ ↓</source>
        <translation>Mausrad, Bild auf/ab, ↑ ↓</translation>
    </message>
    <message>
        <source>Which voxels any tool may change; locks hold as well</source>
        <translation>Welche Voxel ein Werkzeug ändern darf; Sperren gelten auch</translation>
    </message>
    <message>
        <source>While a window with this project is open and nobody clicks</source>
        <translation>Solange ein Fenster mit diesem Projekt offen ist und niemand klickt</translation>
    </message>
    <message>
        <source>Whole mask</source>
        <translation>Ganze Maske</translation>
    </message>
    <message>
        <source>Why is {name} left out?</source>
        <translation>Warum wird {name} ausgelassen?</translation>
    </message>
    <message>
        <source>Why it is not used</source>
        <translation>Warum er nicht verwendet wird</translation>
    </message>
    <message>
        <source>Width of the grey window</source>
        <translation>Fensterbreite</translation>
    </message>
    <message>
        <source>Wipe before and after</source>
        <translation>Vorher und nachher wischen</translation>
    </message>
    <message>
        <source>With {title}</source>
        <translation>Mit {title}</translation>
    </message>
    <message>
        <source>With {title} on {engine}</source>
        <translation>Mit {title} auf {engine}</translation>
    </message>
    <message>
        <source>Within</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>Without a graphics card</source>
        <translation>Ohne Grafikkarte</translation>
    </message>
    <message>
        <source>Without the data set's labels and splits</source>
        <translation>Ohne die Labels und die Aufteilung des Datensatzes</translation>
    </message>
    <message>
        <source>Work with this model from now on</source>
        <translation>Ab jetzt mit diesem Modell arbeiten</translation>
    </message>
    <message>
        <source>Write a comment at the crosshair</source>
        <translation>Einen Kommentar am Fadenkreuz schreiben</translation>
    </message>
    <message>
        <source>Write masks for other programs</source>
        <translation>Masken für andere Programme schreiben</translation>
    </message>
    <message>
        <source>Writing the film</source>
        <translation>Der Film wird geschrieben</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>Your unsaved changes to {name} are kept. Open {name} again to go on with them.</source>
        <translation>Ihre ungespeicherten Änderungen an {name} sind aufgehoben. Öffnen Sie {name} erneut, um mit ihnen fortzufahren.</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Zoom about the pointer</source>
        <translation>Zoom um den Zeiger</translation>
    </message>
    <message>
        <source>Zooming one plane zooms the others alike, each about the crosshair</source>
        <translation>Zoomen in einer Ebene zoomt die anderen ebenso, jede um das Fadenkreuz</translation>
    </message>
    <message>
        <source>a label file replaces the mask</source>
        <translation>eine Labeldatei die Maske ersetzt</translation>
    </message>
    <message>
        <source>about {count} minute left</source>
        <translation>noch etwa {count} Minute</translation>
    </message>
    <message>
        <source>about {count} minutes left</source>
        <translation>noch etwa {count} Minuten</translation>
    </message>
    <message>
        <source>about {mb} MB</source>
        <translation>etwa {mb} MB</translation>
    </message>
    <message>
        <source>added</source>
        <translation>ergänzt</translation>
    </message>
    <message>
        <source>back to front</source>
        <translation>von hinten nach vorne</translation>
    </message>
    <message>
        <source>does not work</source>
        <translation>geht nicht</translation>
    </message>
    <message>
        <source>feet to head</source>
        <translation>von den Füßen zum Kopf</translation>
    </message>
    <message>
        <source>front to back</source>
        <translation>von vorne nach hinten</translation>
    </message>
    <message>
        <source>goes from field to field</source>
        <translation>geht von Feld zu Feld</translation>
    </message>
    <message>
        <source>head to feet</source>
        <translation>vom Kopf zu den Füßen</translation>
    </message>
    <message>
        <source>hold-out</source>
        <translation>Testdaten</translation>
    </message>
    <message>
        <source>http://host:port, if your network wants one</source>
        <translation>http://host:port, wenn Ihr Netzwerk einen verlangt</translation>
    </message>
    <message>
        <source>is so</source>
        <translation>ist so</translation>
    </message>
    <message>
        <source>left to right</source>
        <translation>von links nach rechts</translation>
    </message>
    <message>
        <source>mL</source>
        <translation>mL</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>not started</source>
        <translation>nicht gestartet</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>open</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>opens the {name} menu</source>
        <translation>öffnet das Menü „{name}“</translation>
    </message>
    <message>
        <source>picks a structure</source>
        <translation>wählt eine Struktur</translation>
    </message>
    <message>
        <source>presses the button that has the focus</source>
        <translation>drückt den Knopf, der den Fokus hat</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>entfernt</translation>
    </message>
    <message>
        <source>right to left</source>
        <translation>von rechts nach links</translation>
    </message>
    <message>
        <source>scrolls the slices</source>
        <translation>blättert durch die Schichten</translation>
    </message>
    <message>
        <source>the click that waits for its answer</source>
        <translation>der Klick, der auf seine Antwort wartet</translation>
    </message>
    <message>
        <source>the mask now</source>
        <translation>die jetzige Maske</translation>
    </message>
    <message>
        <source>this case</source>
        <translation>dieser Fall</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>heute {time}</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>version {number}</source>
        <translation>Version {number}</translation>
    </message>
    <message>
        <source>voxels</source>
        <translation>Voxel</translation>
    </message>
    <message>
        <source>with {title}</source>
        <translation>mit {title}</translation>
    </message>
    <message>
        <source>works</source>
        <translation>geht</translation>
    </message>
    <message>
        <source>works, but could be better</source>
        <translation>geht, könnte aber besser sein</translation>
    </message>
    <message>
        <source>your own clicks on 1 case until it is good</source>
        <translation>Ihre eigenen Klicks an 1 Fall, bis er gut ist</translation>
    </message>
    <message>
        <source>your own clicks on {count} cases until it is good</source>
        <translation>Ihre eigenen Klicks an {count} Fällen, bis er gut ist</translation>
    </message>
    <message>
        <source>{action} {step}</source>
        <translation>{action}: {step}</translation>
    </message>
    <message>
        <source>{at} of {last}</source>
        <translation>{at} von {last}</translation>
    </message>
    <message>
        <source>{axis} runs {direction}</source>
        <translation>{axis} läuft {direction}</translation>
    </message>
    <message>
        <source>{cases}, all done</source>
        <translation>{cases}, alle erledigt</translation>
    </message>
    <message>
        <source>{cases}, {count} to do</source>
        <translation>{cases}, {count} offen</translation>
    </message>
    <message>
        <source>{clicks} clicks and {others} other steps since its parent</source>
        <translation>{clicks} Klicks und {others} andere Schritte seit der Vorversion</translation>
    </message>
    <message>
        <source>{count} CTs</source>
        <translation>{count} CTs</translation>
    </message>
    <message>
        <source>{count} cases</source>
        <translation>{count} Fälle</translation>
    </message>
    <message>
        <source>{count} files</source>
        <translation>{count} Dateien</translation>
    </message>
    <message>
        <source>{count} patients</source>
        <translation>{count} Patienten</translation>
    </message>
    <message>
        <source>{count} remarks</source>
        <translation>{count} Hinweise</translation>
    </message>
    <message>
        <source>{count} step</source>
        <translation>{count} Schritt</translation>
    </message>
    <message>
        <source>{count} steps</source>
        <translation>{count} Schritte</translation>
    </message>
    <message>
        <source>{cts}, {labelled} with labels.</source>
        <translation>{cts}, {labelled} mit Labels.</translation>
    </message>
    <message>
        <source>{day} {month}</source>
        <translation>{day}. {month}</translation>
    </message>
    <message>
        <source>{difference:+.3f} ({low:+.3f} to {high:+.3f})</source>
        <translation>{difference:+.3f} ({low:+.3f} bis {high:+.3f})</translation>
    </message>
    <message>
        <source>{do_text} (Ctrl+Return)</source>
        <translation>{do_text} (Strg+Return)</translation>
    </message>
    <message>
        <source>{done} / {in_all} approved</source>
        <translation>{done} / {in_all} freigegeben</translation>
    </message>
    <message>
        <source>{epoch} of {epochs} epochs</source>
        <translation>{epoch} von {epochs} Epochen</translation>
    </message>
    <message>
        <source>{file_name} is a mask on the grid of {name}, which stays open.</source>
        <translation>{file_name} ist eine Maske auf dem Gitter von {name}, das geöffnet bleibt.</translation>
    </message>
    <message>
        <source>{file_name} was opened.</source>
        <translation>{file_name} wurde geöffnet.</translation>
    </message>
    <message>
        <source>{keys} belongs to “{name}” already.</source>
        <translation>{keys} gehört schon zu „{name}“.</translation>
    </message>
    <message>
        <source>{keys} {use}. Choose other keys.</source>
        <translation>{keys} {use}. Wählen Sie andere Tasten.</translation>
    </message>
    <message>
        <source>{minutes:.1f} minutes of work</source>
        <translation>{minutes:.1f} Minuten Arbeit</translation>
    </message>
    <message>
        <source>{name} (reference)</source>
        <translation>{name} (Referenz)</translation>
    </message>
    <message>
        <source>{name} brings code of its own ({what}). It would build the network once, without network access, and could change none of your files. That stops mistakes, not an attacker: go on only if you would let its author run a program here.</source>
        <translation>{name} bringt eigenen Programmcode mit ({what}). Er würde das Netz einmal aufbauen, ohne Netzwerkzugang, und könnte keine Ihrer Dateien ändern. Das schützt vor Fehlern, nicht vor einem Angreifer: Machen Sie nur weiter, wenn Sie den Autor hier ein Programm ausführen lassen würden.</translation>
    </message>
    <message>
        <source>{name} has changes that were not saved ({when}): {steps} can be restored, the last one: {last_change}.</source>
        <translation>{name} hat Änderungen, die nicht gespeichert wurden ({when}): {steps} können wiederhergestellt werden, zuletzt: {last_change}.</translation>
    </message>
    <message>
        <source>{name} holds weights alone. Say which network they belong to; a file that does not fit is refused, and none of its code is run.</source>
        <translation>{name} enthält nur Gewichte. Sagen Sie, zu welchem Netz sie gehören; eine Datei, die nicht passt, wird abgelehnt, und nichts von ihrem Code wird ausgeführt.</translation>
    </message>
    <message>
        <source>{name} is a labelled data set. A project keeps its CTs with their labels.</source>
        <translation>{name} ist ein Datensatz mit Labels. Ein Projekt bewahrt seine CTs mit ihren Labels auf.</translation>
    </message>
    <message>
        <source>{name} is approved, as version {number}.</source>
        <translation>{name} ist freigegeben, als Version {number}.</translation>
    </message>
    <message>
        <source>{name} is saved, as version {number}.</source>
        <translation>{name} ist gespeichert, als Version {number}.</translation>
    </message>
    <message>
        <source>{name} was not imported, and none of its code was run.</source>
        <translation>{name} wurde nicht importiert, und nichts von seinem Code wurde ausgeführt.</translation>
    </message>
    <message>
        <source>{patients} came since.</source>
        <translation>{patients} kamen seitdem hinzu.</translation>
    </message>
    <message>
        <source>{percent}%</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>{sentence} Give that one other keys first.</source>
        <translation>{sentence} Geben Sie jener zuerst andere Tasten.</translation>
    </message>
    <message>
        <source>{sentence} Its CTs can be added without labels.</source>
        <translation>{sentence} Seine CTs können ohne Labels hinzugefügt werden.</translation>
    </message>
    <message>
        <source>{sentence} The list of cases says why.</source>
        <translation>{sentence} Die Liste der Fälle sagt, warum.</translation>
    </message>
    <message>
        <source>{size} voxels</source>
        <translation>{size} Voxel</translation>
    </message>
    <message>
        <source>{stated} Everybody has a split; who comes later can be drawn.</source>
        <translation>{stated} Alle sind zugeteilt; wer später kommt, kann ausgelost werden.</translation>
    </message>
    <message>
        <source>{stated} {patients} without a split would be shared out.</source>
        <translation>{stated} {patients} ohne Zuteilung würden aufgeteilt.</translation>
    </message>
    <message>
        <source>{structure_title} {volume_ml:.1f} mL</source>
        <translation>{structure_title} {volume_ml:.1f} mL</translation>
    </message>
    <message>
        <source>{tip} in HU</source>
        <translation>{tip} in HU</translation>
    </message>
    <message>
        <source>{tip}. Not possible now: {why_not}</source>
        <translation>{tip}. Jetzt nicht möglich: {why_not}</translation>
    </message>
    <message>
        <source>{title} slice</source>
        <translation>Schicht {title}</translation>
    </message>
    <message>
        <source>{title} view</source>
        <translation>Ansicht {title}</translation>
    </message>
    <message>
        <source>{title} {count}, the first: {first}</source>
        <translation>{title} {count}, der erste: {first}</translation>
    </message>
    <message>
        <source>{title}, version {version}, is in use from now on.</source>
        <translation>{title}, Version {version}, ist ab jetzt in Verwendung.</translation>
    </message>
    <message>
        <source>{value:.2f} after {clicks}</source>
        <translation>{value:.2f} nach {clicks}</translation>
    </message>
    <message>
        <source>{volume_ml:.1f} mL</source>
        <translation>{volume_ml:.1f} mL</translation>
    </message>
    <message>
        <source>{what}, moved</source>
        <translation>{what}, verschoben</translation>
    </message>
    <message>
        <source>{what}: {voxels_now} voxels changed (then {voxels_then}). Dice with the version {dice:.3f}.</source>
        <translation>{what}: {voxels_now} Voxel geändert (damals {voxels_then}). Dice mit der Version {dice:.3f}.</translation>
    </message>
    <message>
        <source>{why_not} Or save the mask to a file of its own.</source>
        <translation>{why_not} Oder speichern Sie die Maske in einer eigenen Datei.</translation>
    </message>
</context>
</TS>
