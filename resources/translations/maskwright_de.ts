<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Sentence</name>
    <message>
        <source>Abdomen</source>
        <translation>Abdomen</translation>
    </message>
    <message>
        <source>Angiography</source>
        <translation>Angiographie</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>Knochen</translation>
    </message>
    <message>
        <source>Dice without a click</source>
        <translation>Dice ohne Klick</translation>
    </message>
    <message>
        <source>Full range</source>
        <translation>Voller Bereich</translation>
    </message>
    <message>
        <source>Liver</source>
        <translation>Leber</translation>
    </message>
    <message>
        <source>Lung</source>
        <translation>Lunge</translation>
    </message>
    <message>
        <source>Mediastinum</source>
        <translation>Mediastinum</translation>
    </message>
    <message>
        <source>Pancreas</source>
        <translation>Pankreas</translation>
    </message>
    <message>
        <source>aorta</source>
        <translation>Aorta</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>freigegeben</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>axial</source>
        <translation>axial</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
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
        <source>coronal</source>
        <translation>koronar</translation>
    </message>
    <message>
        <source>duodenum</source>
        <translation>Duodenum</translation>
    </message>
    <message>
        <source>esophagus</source>
        <translation>Ösophagus</translation>
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
        <source>finished</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>flagged</source>
        <translation>markiert</translation>
    </message>
    <message>
        <source>gallbladder</source>
        <translation>Gallenblase</translation>
    </message>
    <message>
        <source>hold-out</source>
        <translation>Testdaten</translation>
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
        <source>mean Dice after clicks</source>
        <translation>mittlerer Dice nach Klicks</translation>
    </message>
    <message>
        <source>new</source>
        <translation>neu</translation>
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
        <source>reopened</source>
        <translation>wieder geöffnet</translation>
    </message>
    <message>
        <source>returned</source>
        <translation>zurückgegeben</translation>
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
        <source>submitted</source>
        <translation>eingereicht</translation>
    </message>
    <message>
        <source>surface Dice at 2 mm</source>
        <translation>Oberflächen-Dice bei 2 mm</translation>
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
        <source>unflagged</source>
        <translation>Markierung aufgehoben</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
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
        <translation>Ausschneiden</translation>
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
        <source>Delete the chosen ruler, angle or circle, else the newest</source>
        <translation>Die gewählte Strecke, den Winkel oder die ROI löschen, sonst die neueste Messung</translation>
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
        <translation>Rundgang beenden</translation>
    </message>
    <message>
        <source>Left button</source>
        <translation>Linke Taste</translation>
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
        <source>Next case to do</source>
        <translation>Nächster offener Fall</translation>
    </message>
    <message>
        <source>Next kind of slab</source>
        <translation>Nächste Art der Dickschicht</translation>
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
        <source>Not in this page</source>
        <translation>Nicht auf dieser Seite</translation>
    </message>
    <message>
        <source>Not measured here. `maskwright evaluate` measures it on labelled CTs.</source>
        <translation>Hier nicht gemessen. `maskwright evaluate` misst es an CTs mit Labels.</translation>
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
        <translation>Verfeinern</translation>
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
        <source>Saved as version {number}.</source>
        <translation>Als Version {number} gespeichert.</translation>
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
        <translation>Schritt überspringen</translation>
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
        <source>Somebody else than the author approves</source>
        <translation>Jemand anderes als der Autor gibt frei</translation>
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
        <translation>Oberfläche, cm²</translation>
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
        <source>This folder holds several series. Which one do you want to open?</source>
        <translation>Dieser Ordner enthält mehrere Serien. Welche möchten Sie öffnen?</translation>
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
        <source>Turn the patient; wheel or right drag: zoom</source>
        <translation>Den Patienten drehen; Mausrad oder rechts ziehen: Zoom</translation>
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
        <source>Version {number}</source>
        <translation>Version {number}</translation>
    </message>
    <message>
        <source>Version {number} → {newer}: &lt;span style='color:#3a96ff'&gt;■ added&lt;/span&gt;, &lt;span style='color:#ff961e'&gt;■ removed&lt;/span&gt;</source>
        <translation>Version {number} → {newer}: &lt;span style='color:#3a96ff'&gt;■ ergänzt&lt;/span&gt;, &lt;span style='color:#ff961e'&gt;■ entfernt&lt;/span&gt;</translation>
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
        <source>not started</source>
        <translation>nicht gestartet</translation>
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
        <source>with {title}</source>
        <translation>mit {title}</translation>
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
        <translation>{do_text} (Strg+Eingabe)</translation>
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
        <source>{name} was not imported, and none of its code was run.</source>
        <translation>{name} wurde nicht importiert, und nichts von seinem Code wurde ausgeführt.</translation>
    </message>
    <message>
        <source>{patients} came since.</source>
        <translation>{patients} kamen seitdem hinzu.</translation>
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
