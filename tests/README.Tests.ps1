BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $readme = [System.IO.File]::ReadAllText("$PSScriptRoot/../README.md")
    $data = "$PSScriptRoot/../examples/data"
}

Describe 'README' {
    It 'has a pipeline that finds the misread digits' {
        $code = [regex]::Match($readme, '(?s)```powershell\n.*?(\$samples = .*?)\n\n').Groups[1].Value
        $code | Should -Match 'ConvertTo-Akida'
        [System.IO.File]::Copy("$data/digits.h5", "$TestDrive/network.h5")
        [System.IO.File]::Copy("$data/digits_calibration.npz", "$TestDrive/samples.npz")
        [System.IO.File]::Copy("$data/digits_test.npz", "$TestDrive/test.npz")
        $before = Get-Location
        try {
            Set-Location $TestDrive
            $misread = @(& ([scriptblock]::Create($code)))
        }
        finally {
            Set-Location $before
        }
        $misread | Should -HaveCount 50
        $misread[0] | Should -BeOfType 'AkidaQuant.Prediction'
    }

    It 'names each cmdlet and nothing that is none' {
        $named = [regex]::Matches($readme, '(?<=`)[A-Za-z]+-(Quant|Akida|Sample)\w*(?=`)').Value | Sort-Object -Unique
        $named | Should -Be (Get-Command -Module AkidaQuant | Sort-Object Name).Name
    }

    It 'links to pages that exist' {
        foreach ($link in [regex]::Matches($readme, '(?<=\]\()[^):]+(?=\))').Value) {
            "$PSScriptRoot/../$link" | Should -Exist
        }
    }
}
