BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $digits = "$PSScriptRoot/vectors/keras/digits_ds_cnn"
    $type = 'AkidaQuant.PowerShell.Commands.ImportSampleSetCommand'
}

Describe 'Import-SampleSet' {
    It 'reads samples' {
        $samples = Import-SampleSet "$digits/samples.npz"
        $samples | Should -BeOfType 'AkidaQuant.SampleSet'
        $samples.Count | Should -Be 1000
        $samples.SampleShape.ToString() | Should -Be '(28, 28, 1)'
        $samples.DType | Should -Be 'uint8'
        $samples.Labels | Should -BeNullOrEmpty
    }

    It 'reads labels that the file has' {
        $samples = Import-SampleSet "$digits/inputs.npz"
        $samples.Labels.Count | Should -Be 1000
        $samples.Labels[0] | Should -Be 6
    }

    It 'reads arrays by name' {
        $samples = Import-SampleSet "$digits/inputs.npz" -Name inputs -LabelName labels -First 2
        $samples.Labels | Should -Be 6, 0
    }

    It 'reads a part' {
        $all = Import-SampleSet "$digits/inputs.npz"
        $part = Import-SampleSet "$digits/inputs.npz" -Skip 10 -First 5
        $part.Count | Should -Be 5
        $part.Labels | Should -Be $all.Labels[10..14]
        (Import-SampleSet "$digits/inputs.npz" -Skip 990 -First 50).Count | Should -Be 10
    }

    It 'takes wildcards and files from the pipeline' {
        @(Import-SampleSet "$digits/[is]*s.npz") | Should -HaveCount 2
        @(Get-Item "$digits/samples.npz" | Import-SampleSet) | Should -HaveCount 1
    }

    It 'refuses what it cannot read' -TestCases @(
        @{ Case = 'a missing file'; File = 'none.npz'; Arguments = @{}; Id = 'FileNotFound' }
        @{ Case = 'an array that is not there'; File = 'inputs.npz'; Arguments = @{ Name = 'images' }; Id = 'ArrayNotFound' }
        @{ Case = 'labels that are not there'; File = 'inputs.npz'; Arguments = @{ LabelName = 'classes' }; Id = 'ArrayNotFound' }
        @{ Case = 'labels that are none'; File = 'inputs.npz'; Arguments = @{ LabelName = 'inputs'; Name = 'labels' }; Id = 'LabelsInvalid' }
        @{ Case = 'another format'; File = 'config.json'; Arguments = @{}; Id = 'SampleFormatUnknown' }
        @{ Case = 'no samples'; File = 'inputs.npz'; Arguments = @{ Skip = 1000 }; Id = 'SampleSetEmpty' }
    ) {
        { Import-SampleSet "$digits/$File" @Arguments -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type" -Because $Case
    }

    It 'refuses a truncated archive' {
        $bytes = [System.IO.File]::ReadAllBytes("$digits/inputs.npz")
        [System.IO.File]::WriteAllBytes("$TestDrive/half.npz", [byte[]] $bytes[0..1000])
        { Import-SampleSet "$TestDrive/half.npz" -ErrorAction Stop } | Should -Throw -ErrorId "ArrayFileDamaged,$type"
    }

    It 'names the array and those that are there' {
        { Import-SampleSet "$digits/inputs.npz" -Name images -ErrorAction Stop } | Should -Throw '*images*inputs*labels*'
    }

    It 'completes the names of arrays' {
        $line = "Import-SampleSet '$digits/inputs.npz' -Name "
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
        $found.CompletionMatches.CompletionText | Should -Be 'inputs', 'labels'
    }

    It 'is shown as a table' {
        $text = Import-SampleSet "$digits/inputs.npz" | Out-String -Width 250
        $text | Should -Match 'Count +Shape +Type +Labels +Names +Source'
        $text | Should -Match '1000 +\(28, 28, 1\) +uint8 +True +False +\S+inputs.npz'
    }
}
