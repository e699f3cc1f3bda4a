BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $samples = Import-SampleSet "$keras/digits_ds_cnn/inputs.npz" -First 8
    $akida = Import-QuantModel "$keras/digits_ds_cnn/quantized.h5" | ConvertTo-Akida -WarningAction SilentlyContinue
    $type = 'AkidaQuant.PowerShell.Commands.ImportAkidaModelCommand'
    $null = [System.IO.Directory]::CreateDirectory("$TestDrive/many")
    foreach ($name in 'one', 'two[1]') {
        $akida | Export-AkidaModel -LiteralPath "$TestDrive/many/$name.akq"
    }
    $akida | Export-AkidaModel "$TestDrive/net.akq"
}

Describe 'Import-AkidaModel' {
    It 'reads files by wildcards, literally and from the pipe' {
        Import-AkidaModel "$TestDrive/many/*.akq" | Should -HaveCount 2
        Import-AkidaModel -LiteralPath "$TestDrive/many/two[1].akq" | Should -BeOfType 'AkidaQuant.AkidaModel'
        Get-ChildItem "$TestDrive/many" | Import-AkidaModel | Should -HaveCount 2
        Get-ChildItem "$TestDrive/many" | Import-AkidaModel | Invoke-AkidaModel -Sample $samples | Should -HaveCount 16
    }

    It 'says with -Verbose what it found' {
        $said = Import-AkidaModel "$TestDrive/net.akq" -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$said" | Should -BeLike "net.akq: An Akida model of $($akida.Layers.Count) layers*"
    }

    It 'goes on behind a file that is cut off' {
        $whole = [System.IO.File]::ReadAllBytes("$TestDrive/net.akq")
        [System.IO.File]::WriteAllBytes("$TestDrive/cut.akq", $whole[0..999])
        $read = Import-AkidaModel "$TestDrive/cut.akq", "$TestDrive/net.akq" -ErrorAction SilentlyContinue -ErrorVariable failed
        $read | Should -HaveCount 1
        $failed.FullyQualifiedErrorId | Should -BeExactly "AkidaFileTruncated,$type"
        "$failed" | Should -BeLike '*cut.akq*Export-AkidaModel*'
    }

    It 'refuses what takes more than -MaxSize' {
        { Import-AkidaModel "$TestDrive/net.akq" -MaxSize 1KB -ErrorAction Stop } | Should -Throw -ErrorId "ModelTooLarge,$type"
        Import-AkidaModel "$TestDrive/net.akq" -MaxSize 1MB | Should -HaveCount 1
    }

    It 'says what reads other files, and Import-QuantModel what reads these' {
        { Import-AkidaModel "$keras/digits_ds_cnn/quantized.h5" -ErrorAction Stop } | Should -Throw '*Import-QuantModel*' -ErrorId "ModelFormatUnknown,$type"
        { Import-QuantModel "$TestDrive/net.akq" -ErrorAction Stop } | Should -Throw '*Import-AkidaModel*' -ErrorId 'ModelFormatUnknown,*'
        { $akida | Export-QuantModel "$TestDrive/x.h5" -ErrorAction Stop } | Should -Throw '*Use Export-AkidaModel*'
    }

    It 'is not needed: cmdlets for Akida models take the path, too' {
        $expected = @((Invoke-AkidaModel $akida $samples).Output) -join ' '
        @((Invoke-AkidaModel "$TestDrive/net.akq" $samples).Output) -join ' ' | Should -BeExactly $expected
        @((Get-Item "$TestDrive/net.akq" | Invoke-AkidaModel -Sample $samples).Output) -join ' ' | Should -BeExactly $expected
        (Get-AkidaSummary "$TestDrive/net.akq").ToString() | Should -BeExactly (Get-AkidaSummary $akida).ToString()
        @(Test-AkidaModel "$TestDrive/net.akq").Count | Should -Be @(Test-AkidaModel $akida).Count
        { Get-AkidaSummary "$TestDrive/none.akq" } | Should -Throw -ErrorId 'FileNotFound,*'
    }
}
