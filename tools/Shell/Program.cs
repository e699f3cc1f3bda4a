// A clone is no installation: it reports nothing to PowerShell's makers and offers no newer version, which the project file names.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");

return Microsoft.PowerShell.UnmanagedPSEntry.Start(args, args.Length);
