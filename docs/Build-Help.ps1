<#
.SYNOPSIS
Brings the help up to date: the syntax in the pages under docs/, and from the pages the file that Get-Help reads.
.DESCRIPTION
The pages are written by hand, except the block under "## Syntax". Parameters, types and parameter sets come from the module
itself, so a page that misses a parameter, or has one too many, is an error.
.PARAMETER PagePath
The folder of the pages.
.PARAMETER HelpPath
The help file to write.
#>
[CmdletBinding()]
param(
    [string] $PagePath = "$PSScriptRoot/en-US",
    [string] $HelpPath = "$PSScriptRoot/../src/AkidaQuant.PowerShell/en-US/AkidaQuant.PowerShell.dll-Help.xml"
)

$ErrorActionPreference = 'Stop'
Import-Module "$PSScriptRoot/../AkidaQuant.psd1"

$Namespaces = @{
    maml    = 'http://schemas.microsoft.com/maml/2004/10'
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev     = 'http://schemas.microsoft.com/maml/dev/2004/10'
}
$Standard = @{
    WhatIf  = 'Shows what would happen if the cmdlet ran. The cmdlet is not run.'
    Confirm = 'Asks for confirmation before the cmdlet runs.'
}
$Common = [System.Management.Automation.PSCmdlet]::CommonParameters

# The parts of a page: its lines by heading, "## " and "### " in their order.
function Read-Page([string] $Path) {
    $sections = [ordered]@{ '' = [System.Collections.Generic.List[string]]::new() }
    $section = ''
    $isCode = $false
    foreach ($line in [System.IO.File]::ReadAllText($Path).Split("`n")) {
        if ($line.StartsWith('```')) {
            $isCode = -not $isCode
        }
        if (-not $isCode -and $line -cmatch '^## (.+)$') {
            $section = $Matches[1]
            $sections[$section] = [System.Collections.Generic.List[string]]::new()
        }
        elseif (-not $isCode -and $line -cmatch '^### (.+)$') {
            $section = ($section -replace '/.*$') + '/' + $Matches[1]
            $sections[$section] = [System.Collections.Generic.List[string]]::new()
        }
        else {
            $sections[$section].Add($line)
        }
    }
    $sections
}

# Paragraphs of plain text: lines joined, code marks and links removed.
function Get-Paragraph($Lines) {
    foreach ($text in ((@($Lines) -join "`n").Trim() -split "`n`n+")) {
        if ($text) {
            $text.Replace("`n", ' ') -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`', ''
        }
    }
}

function Get-Type($Parameter) {
    $type = $Parameter.ParameterType
    $inner = [Nullable]::GetUnderlyingType($type)
    $(if ($inner) { $inner } else { $type }).Name
}

# What takes words that belong to no parameter is not shown.
function Test-Hidden($Parameter) {
    @($Parameter.Attributes.DontShow) -contains $true
}

function Get-OwnParameter($Set) {
    $Set.Parameters | Where-Object { $_.Name -notin $Common -and -not (Test-Hidden $_) } |
        Sort-Object { if ($_.Position -ge 0) { $_.Position } else { [int]::MaxValue } }, { -not $_.IsMandatory }, Name
}

function Get-Syntax($Command) {
    foreach ($set in $Command.ParameterSets | Sort-Object { -not $_.IsDefault }, Name) {
        $parts = foreach ($parameter in Get-OwnParameter $set) {
            $name = if ($parameter.Position -ge 0) { "[-$($parameter.Name)]" } else { "-$($parameter.Name)" }
            $text = if ($parameter.ParameterType -eq [switch]) { "-$($parameter.Name)" } else { "$name <$(Get-Type $parameter)>" }
            if ($parameter.IsMandatory) { $text } else { "[$text]" }
        }
        (@($Command.Name) + $parts + '[<CommonParameters>]') -join ' '
    }
}

function Write-Paragraph($Writer, $Lines) {
    foreach ($paragraph in Get-Paragraph $Lines) {
        $Writer.WriteElementString('maml', 'para', $Namespaces.maml, $paragraph)
    }
}

function Write-Text($Writer, [string] $Prefix, [string] $Element, $Lines) {
    $Writer.WriteStartElement($Prefix, $Element, $Namespaces[$Prefix])
    Write-Paragraph $Writer $Lines
    $Writer.WriteEndElement()
}

function Write-Parameter($Writer, $Parameter, $Lines) {
    $byValue = $Parameter.ValueFromPipeline
    $byName = $Parameter.ValueFromPipelineByPropertyName
    $pipeline = if ($byValue -and $byName) { 'True (ByValue, ByPropertyName)' } elseif ($byValue) { 'True (ByValue)' } elseif ($byName) { 'True (ByPropertyName)' } else { 'False' }
    $Writer.WriteStartElement('command', 'parameter', $Namespaces.command)
    $Writer.WriteAttributeString('required', "$($Parameter.IsMandatory)".ToLowerInvariant())
    $Writer.WriteAttributeString('globbing', "$($Parameter.Name -eq 'Path' -and $Parameter.ParameterType -eq [string[]])".ToLowerInvariant())
    $Writer.WriteAttributeString('pipelineInput', $pipeline)
    $Writer.WriteAttributeString('position', $(if ($Parameter.Position -ge 0) { "$($Parameter.Position)" } else { 'named' }))
    $Writer.WriteAttributeString('aliases', $(if ($Parameter.Aliases.Count) { $Parameter.Aliases -join ', ' } else { 'none' }))
    $Writer.WriteElementString('maml', 'name', $Namespaces.maml, $Parameter.Name)
    Write-Text $Writer 'maml' 'description' $Lines
    if ($Parameter.ParameterType -ne [switch]) {
        $Writer.WriteStartElement('command', 'parameterValue', $Namespaces.command)
        $Writer.WriteAttributeString('required', 'true')
        $Writer.WriteString((Get-Type $Parameter))
        $Writer.WriteEndElement()
    }
    $Writer.WriteStartElement('dev', 'type', $Namespaces.dev)
    $Writer.WriteElementString('maml', 'name', $Namespaces.maml, (Get-Type $Parameter))
    $Writer.WriteEndElement()
    $Writer.WriteEndElement()
}

function Write-Command($Writer, $Command, $Page) {
    $Writer.WriteStartElement('command', 'command', $Namespaces.command)
    foreach ($prefix in 'maml', 'dev') {
        $Writer.WriteAttributeString('xmlns', $prefix, 'http://www.w3.org/2000/xmlns/', $Namespaces[$prefix])
    }
    $verb, $noun = $Command.Name.Split('-')

    $Writer.WriteStartElement('command', 'details', $Namespaces.command)
    $Writer.WriteElementString('command', 'name', $Namespaces.command, $Command.Name)
    $Writer.WriteElementString('command', 'verb', $Namespaces.command, $verb)
    $Writer.WriteElementString('command', 'noun', $Namespaces.command, $noun)
    Write-Text $Writer 'maml' 'description' @($Page[''])[1..1000]
    $Writer.WriteEndElement()
    Write-Text $Writer 'maml' 'description' $Page['Description']

    # The same parameter differs between sets in what is required, so the list takes it from the first.
    $known = [ordered]@{}
    $Writer.WriteStartElement('command', 'syntax', $Namespaces.command)
    foreach ($set in $Command.ParameterSets | Sort-Object { -not $_.IsDefault }, Name) {
        $Writer.WriteStartElement('command', 'syntaxItem', $Namespaces.command)
        $Writer.WriteElementString('maml', 'name', $Namespaces.maml, $Command.Name)
        foreach ($parameter in Get-OwnParameter $set) {
            $known[$parameter.Name] ??= $parameter
            Write-Parameter $Writer $parameter (Get-Description $Page $parameter.Name)
        }
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()

    $Writer.WriteStartElement('command', 'parameters', $Namespaces.command)
    foreach ($parameter in $known.Values) {
        Write-Parameter $Writer $parameter (Get-Description $Page $parameter.Name)
    }
    $Writer.WriteEndElement()

    $Writer.WriteStartElement('command', 'returnValues', $Namespaces.command)
    $Writer.WriteStartElement('command', 'returnValue', $Namespaces.command)
    $Writer.WriteStartElement('dev', 'type', $Namespaces.dev)
    $Writer.WriteElementString('maml', 'name', $Namespaces.maml, (@(Get-Paragraph $Page['Outputs']) -join ' '))
    $Writer.WriteEndElement()
    $Writer.WriteEndElement()
    $Writer.WriteEndElement()

    $Writer.WriteStartElement('maml', 'alertSet', $Namespaces.maml)
    $Writer.WriteStartElement('maml', 'alert', $Namespaces.maml)
    $Writer.WriteElementString('maml', 'para', $Namespaces.maml, 'Errors')
    foreach ($row in $Page['Errors'] | Where-Object { $_ -match '^\| `' }) {
        $null, $id, $meaning, $null = $row.Split('|')
        $Writer.WriteElementString('maml', 'para', $Namespaces.maml, "$($id.Trim() -replace '`'): $($meaning.Trim() -replace '`')")
    }
    $Writer.WriteEndElement()
    $Writer.WriteEndElement()

    $Writer.WriteStartElement('command', 'examples', $Namespaces.command)
    foreach ($title in $Page.Keys | Where-Object { $_.StartsWith('Examples/') }) {
        $text = @($Page[$title]) -join "`n"
        # What an example prints stands below its code, as in the help of PowerShell itself.
        $null = $text -match '(?s)```powershell\n(?<code>.*?)\n```(?:\n+```text\n(?<output>.*?)\n```)?(?<rest>.*)$'
        $code = @($Matches.code, $Matches.output).Where({ $_ }) -join "`n`n"
        $Writer.WriteStartElement('command', 'example', $Namespaces.command)
        $Writer.WriteElementString('maml', 'title', $Namespaces.maml, $title.Substring('Examples/'.Length))
        $Writer.WriteElementString('dev', 'code', $Namespaces.dev, $code)
        Write-Text $Writer 'dev' 'remarks' $Matches.rest
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()

    $Writer.WriteStartElement('command', 'relatedLinks', $Namespaces.command)
    foreach ($line in $Page['Related'] | Where-Object { $_ -match '^- \[([^\]]+)\]' }) {
        $Writer.WriteStartElement('maml', 'navigationLink', $Namespaces.maml)
        $Writer.WriteElementString('maml', 'linkText', $Namespaces.maml, ($line -replace '^- \[([^\]]+)\].*$', '$1'))
        $Writer.WriteElementString('maml', 'uri', $Namespaces.maml, '')
        $Writer.WriteEndElement()
    }
    $Writer.WriteEndElement()
    $Writer.WriteEndElement()
}

function Get-Description($Page, [string] $Name) {
    if ($Page.Contains("Parameters/-$Name")) { $Page["Parameters/-$Name"] } else { $Standard[$Name] }
}

function Assert-Page($Command, $Page) {
    foreach ($part in 'Description', 'Errors', 'Outputs', 'Related') {
        if (-not $Page.Contains($part)) {
            throw "The page of $($Command.Name) has no '## $part'."
        }
    }
    $own = @($Command.Parameters.Values | Where-Object { $_.Name -notin $Common -and -not $Standard[$_.Name] -and -not (Test-Hidden $_) } | ForEach-Object Name)
    $described = @($Page.Keys | Where-Object { $_.StartsWith('Parameters/-') } | ForEach-Object { $_.Substring('Parameters/-'.Length) })
    foreach ($name in $own | Where-Object { $_ -notin $described }) {
        throw "The page of $($Command.Name) does not describe -$name."
    }
    foreach ($name in $described | Where-Object { $_ -notin $own }) {
        throw "The page of $($Command.Name) describes -$name, which the cmdlet does not have."
    }
}

$stream = [System.IO.MemoryStream]::new()
$settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false) }
$writer = [System.Xml.XmlWriter]::Create($stream, $settings)
$writer.WriteStartElement('helpItems', 'http://msh')
$writer.WriteAttributeString('schema', 'maml')
foreach ($command in Get-Command -Module AkidaQuant -CommandType Cmdlet | Sort-Object Name) {
    $path = [System.IO.Path]::Combine($PagePath, "$($command.Name).md")
    if (-not [System.IO.File]::Exists($path)) {
        throw "$($command.Name) has no page '$path'."
    }
    $page = Read-Page $path
    Assert-Page $command $page
    Write-Command $writer $command $page

    $syntax = "## Syntax`n`n" + '```powershell' + "`n$(@(Get-Syntax $command) -join "`n")`n" + '```' + "`n`n## Description"
    $text = [regex]::Replace([System.IO.File]::ReadAllText($path), '(?s)## Syntax\n.*?## Description', $syntax.Replace('$', '$$'))
    [System.IO.File]::WriteAllText($path, $text)
}
$writer.WriteEndElement()
$writer.Dispose()
[System.IO.File]::WriteAllText([System.IO.Path]::GetFullPath($HelpPath), [System.Text.Encoding]::UTF8.GetString($stream.ToArray()) + "`n")
