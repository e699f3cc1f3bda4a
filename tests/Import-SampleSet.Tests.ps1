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

    It 'reads IDX files with their labels' {
        [System.IO.File]::WriteAllBytes("$TestDrive/a-images-idx3-ubyte", [byte[]] (0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 255))
        [System.IO.File]::WriteAllBytes("$TestDrive/a-labels-idx1-ubyte", [byte[]] (0, 0, 8, 1, 0, 0, 0, 2, 7, 9))
        $samples = Import-SampleSet "$TestDrive/a-images-idx3-ubyte"
        $samples.SampleShape.ToString() | Should -Be '(1, 2, 1)'
        $samples.Values(1) | Should -Be 3, 255
        $samples.Labels | Should -Be 7, 9
    }

    It 'reads folders of images in the shape of a model' {
        $null = New-Item -ItemType Directory "$TestDrive/photos/dog", "$TestDrive/photos/cat"
        Copy-Item "$PSScriptRoot/vectors/images/color.png" "$TestDrive/photos/dog/a.png"
        Copy-Item "$PSScriptRoot/vectors/images/gray.jpg" "$TestDrive/photos/cat/b.jpg"
        $samples = Import-SampleSet "$TestDrive/photos"
        $samples.SampleShape.ToString() | Should -Be '(12, 16, 3)'
        $samples.Names | Should -Be 'cat/b.jpg', 'dog/a.png'
        $samples.Classes | Should -Be 'cat', 'dog'
        $samples.Labels | Should -Be 0, 1
        $model = Import-QuantModel "$digits/float.h5"
        $fitted = Import-SampleSet "$TestDrive/photos" -Model $model
        $fitted.SampleShape.ToString() | Should -Be '(28, 28, 1)'
        @(Invoke-QuantModel $model $fitted) | Should -HaveCount 2
        (Import-SampleSet "$TestDrive/photos" -Shape 6, 8, 1 -Skip 1).SampleShape.ToString() | Should -Be '(6, 8, 1)'
    }

    It 'reads tables' {
        Set-Content "$TestDrive/a.csv" "a;b;kind`n1;2;x`n3;4;y"
        $samples = Import-SampleSet "$TestDrive/a.csv" -LabelName kind -Shape 2, 1
        $samples.SampleShape.ToString() | Should -Be '(2, 1)'
        $samples.Labels | Should -Be 0, 1
        $samples.Classes | Should -Be 'x', 'y'
        Set-Content "$TestDrive/b.csv" "0|1`n5|6"
        (Import-SampleSet "$TestDrive/b.csv" -Delimiter '|' -Header Present -LabelName -1).Labels | Should -Be 6
    }

    It 'reads labels from a file of their own' {
        Set-Content "$TestDrive/labels.txt" (0..999 -join "`n")
        (Import-SampleSet "$digits/samples.npz" -LabelName "$TestDrive/labels.txt" -Skip 5 -First 2).Labels | Should -Be 5, 6
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

    It 'completes the names of columns' {
        Set-Content "$TestDrive/columns.csv" "width,height,kind`n1,2,3"
        $line = "Import-SampleSet '$TestDrive/columns.csv' -LabelName "
        $found = [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
        $found.CompletionMatches.CompletionText | Should -Be 'width', 'height', 'kind'
    }

    It 'refuses damaged files of each kind' -TestCases @(
        @{ File = 'a.idx'; Text = 'no digits'; Id = 'IdxFileDamaged' }
        @{ File = 'a.png'; Text = 'no picture, whatever its name may say'; Id = 'ImageDamaged' }
        @{ File = 'a.csv'; Text = "1,2`n3"; Id = 'TableInvalid' }
    ) {
        Set-Content "$TestDrive/$File" $Text
        { Import-SampleSet "$TestDrive/$File" -ErrorAction Stop } | Should -Throw -ErrorId "$Id,$type"
    }

    It 'is shown as a table' {
        $text = Import-SampleSet "$digits/inputs.npz" | Out-String -Width 250
        $text | Should -Match 'Count +Shape +Type +Labels +Names +Source'
        $text | Should -Match '1000 +\(28, 28, 1\) +uint8 +True +False +\S+inputs.npz'
    }

    It 'is shown as a list with its labels and classes' {
        $text = Import-SampleSet "$digits/inputs.npz" | Format-List | Out-String -Width 250
        $text | Should -Match 'Shape +: \(28, 28, 1\)'
        $text | Should -Match 'Labels +: 1000 in 10 classes'
        Import-SampleSet "$digits/samples.npz" | Format-List | Out-String -Width 250 | Should -Match 'Labels +: none'
        $named = New-SampleSet -InputObject @(@(1), @(2)) -Label 0, 0
        $named.WithLabels(@(0, 0), @('cat', 'dog')) | Format-List | Out-String | Should -Match 'Labels +: 2 in 2 classes'
    }
}
