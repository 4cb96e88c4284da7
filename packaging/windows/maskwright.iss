; Inno Setup: the Windows installer, for one user, without administrator rights.
; Built on Windows, after packaging/build_package.sh's steps there, by
;   iscc /DVersion=0.1.0 /DEdition=standard packaging\windows\maskwright.iss
; Silent: maskwright-standard-0.1.0-setup.exe /VERYSILENT /DIR="C:\Tools\Maskwright"

#ifndef Version
  #error Give the version: /DVersion=x.y.z, as pyproject.toml has it
#endif
#ifndef Edition
  #define Edition "standard"
#endif

[Setup]
AppId={{8E0B9B0E-5B1D-4B7B-9C60-6C7A3B7A9D51}
AppName=Maskwright
AppVersion={#Version}
AppPublisher=The Maskwright authors
AppComments=For research use only; not a medical device.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=commandline dialog
DefaultDirName={autopf}\Maskwright
DisableProgramGroupPage=yes
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=maskwright-{#Edition}-{#Version}-setup
SetupIconFile=..\..\build\icons\maskwright.ico
UninstallDisplayIcon={app}\maskwright.exe
Compression=lzma2
SolidCompression=yes
LZMANumBlockThreads=4
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
CloseApplications=yes

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "associate"; Description: "Offer Maskwright for .dcm, .nii, .nii.gz, .nrrd and .mha files"

[InstallDelete]
; Libraries of an older version must not stay beside the new ones.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "..\..\build\{#Edition}\maskwright\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\Maskwright"; Filename: "{app}\maskwright.exe"
Name: "{autodesktop}\Maskwright"; Filename: "{app}\maskwright.exe"; Tasks: desktopicon

[Registry]
; A choice in "Open with", never taken from the program that is used now. Windows looks at the last
; ending only, so .gz stands for .nii.gz.
Root: HKA; Subkey: "Software\Classes\Maskwright.Volume"; ValueType: string; ValueData: "CT volume"; Flags: uninsdeletekey; Tasks: associate
Root: HKA; Subkey: "Software\Classes\Maskwright.Volume\DefaultIcon"; ValueType: string; ValueData: "{app}\maskwright.exe,0"; Tasks: associate
Root: HKA; Subkey: "Software\Classes\Maskwright.Volume\shell\open\command"; ValueType: string; ValueData: """{app}\maskwright.exe"" ""%1"""; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.dcm\OpenWithProgids"; ValueType: string; ValueName: "Maskwright.Volume"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.nii\OpenWithProgids"; ValueType: string; ValueName: "Maskwright.Volume"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.gz\OpenWithProgids"; ValueType: string; ValueName: "Maskwright.Volume"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.nrrd\OpenWithProgids"; ValueType: string; ValueName: "Maskwright.Volume"; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.mha\OpenWithProgids"; ValueType: string; ValueName: "Maskwright.Volume"; Flags: uninsdeletevalue; Tasks: associate

[Run]
Filename: "{app}\maskwright.exe"; Parameters: "--sample"; Description: "Open the sample case"; Flags: nowait postinstall skipifsilent

[Code]
procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  if (Step = usPostUninstall) and not UninstallSilent then
    MsgBox('Maskwright was removed. What you made with it stays: projects where you saved them, and '
      + 'settings, models and logs in ' + ExpandConstant('{localappdata}\maskwright') + '.',
      mbInformation, MB_OK);
end;
