@{
    RootModule           = 'bin/AkidaQuant.PowerShell.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '7b5dabd9-8aaa-4b81-a0bf-226f58880c05'
    Author               = 'The AkidaQuant authors'
    CompanyName          = 'AkidaQuant'
    Copyright            = '(c) The AkidaQuant authors. Apache-2.0.'
    Description          = 'Quantizes Keras and PyTorch (ONNX) networks to exact integers, converts them to Akida models and emulates them, in PowerShell and without Python.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    TypesToProcess       = @('bin/AkidaQuant.types.ps1xml')
    FormatsToProcess     = @('bin/AkidaQuant.format.ps1xml')
    CmdletsToExport      = @(
        'Add-AkidaClass'
        'Add-AkidaLayer'
        'Add-AkidaLearningLayer'
        'Add-QuantRescaling'
        'ConvertTo-Akida'
        'Export-AkidaModel'
        'Export-QuantConfig'
        'Export-QuantModel'
        'Export-SampleSet'
        'Get-AkidaDevice'
        'Get-AkidaLearning'
        'Get-AkidaSummary'
        'Get-QuantConfig'
        'Get-QuantDistribution'
        'Get-QuantSummary'
        'Import-AkidaModel'
        'Import-QuantConfig'
        'Import-QuantModel'
        'Import-SampleSet'
        'Invoke-AkidaModel'
        'Invoke-Quantize'
        'Invoke-QuantModel'
        'Measure-AkidaModel'
        'Measure-AkidaWork'
        'Measure-QuantError'
        'Measure-QuantModel'
        'New-AkidaDevice'
        'New-AkidaLayer'
        'New-AkidaModel'
        'New-AkidaStream'
        'New-QuantLayer'
        'New-QuantModel'
        'New-QuantParameter'
        'New-SampleSet'
        'Optimize-QuantModel'
        'Remove-AkidaLayer'
        'Repair-QuantModel'
        'Resolve-AkidaMapping'
        'Set-AkidaVariable'
        'Split-QuantModel'
        'Test-AkidaModel'
        'Update-AkidaModel'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('Akida', 'neuromorphic', 'quantization', 'Keras', 'PyTorch', 'ONNX', 'neural-network', 'machine-learning', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://www.apache.org/licenses/LICENSE-2.0'
            ProjectUri = 'https://github.com/AkidaQuant/AkidaQuant'

            # In a package the text itself stands here; build.ps1 takes it from CHANGELOG.md.
            ReleaseNotes = 'https://github.com/AkidaQuant/AkidaQuant/blob/main/CHANGELOG.md'
        }
    }
}
