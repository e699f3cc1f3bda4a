BeforeDiscovery {
    # The blocks of PowerShell in a text, each with the block of text that shows what it prints, where there is one.
    function Get-Example([string] $Text) {
        foreach ($block in [regex]::Matches($Text, '(?s)```powershell\n(?<code>.*?)\n```(?:\n+```text\n(?<output>.*?)\n```)?')) {
            @{ Code = $block.Groups['code'].Value; Output = $block.Groups['output'].Value }
        }
    }

    $pages = foreach ($path in [System.IO.Directory]::GetFiles("$PSScriptRoot/../docs/en-US", '*.md') | Sort-Object) {
        $name = [System.IO.Path]::GetFileNameWithoutExtension($path)
        $text = [System.IO.File]::ReadAllText($path)
        if ($name -like 'about_*') {
            $number = 0
            $examples = @(Get-Example $text | ForEach-Object { $_ + @{ Page = $name; Title = "block $((++$number))" } })
            @{ Page = $name; Titles = @(); Needed = 0; Shown = [regex]::Count($text, '```text\n'); Examples = $examples }
        }
        else {
            $part = [regex]::Match($text, '(?ms)^## Examples\n(.*?)^## ').Groups[1].Value
            $sections = @([regex]::Matches($part, '(?ms)^### ([^\n]+)\n(.*?)(?=^### |\z)'))
            $examples = @(
                foreach ($section in $sections) {
                    Get-Example $section.Groups[2].Value | ForEach-Object { $_ + @{ Page = $name; Title = $section.Groups[1].Value } }
                }
            )
            $titles = @($sections | ForEach-Object { $_.Groups[1].Value })
            @{ Page = $name; Titles = $titles; Needed = 1; Shown = [regex]::Count($text, '```text\n'); Examples = $examples }
        }
    }
    $examples = $pages.Examples
}

Describe 'The examples' {
    BeforeAll {
        $ErrorActionPreference = 'Stop'
        Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
        $data = "$PSScriptRoot/../examples/data"
        $vectors = "$PSScriptRoot/vectors"
        $files = (New-Item "$TestDrive/files" -ItemType Directory).FullName

        # What the examples take as there. about_AkidaQuant says what their names stand for.
        $model = Import-QuantModel "$data/digits.h5"
        $samples = Import-SampleSet "$data/digits_calibration.npz" -First 200
        $test = Import-SampleSet "$data/digits_test.npz" -First 100
        $quantized = $model | Invoke-Quantize -Sample $samples -BatchSize 100
        $akida = $quantized | ConvertTo-Akida
        $streaming = Import-QuantModel "$vectors/keras/streaming_recurrent/float.h5"
        $gestures = Import-QuantModel "$vectors/keras/temporal_buffers/quantized.h5" | ConvertTo-Akida
        $frames = Import-SampleSet "$vectors/keras/temporal_buffers/samples.npz" -First 8
        $config = Get-QuantConfig $quantized
        $bounded = $model | Repair-QuantModel -Version 1.0 -Sample $samples
        $binary = Get-QuantConfig $bounded
        $binary['block_4_relu'].output_quantizer.bitwidth = 1
        $backbone, $null = $bounded | Invoke-Quantize -Config $binary -Sample $samples -WarningAction SilentlyContinue | Split-QuantModel block_4_relu
        $extractor = $backbone | ConvertTo-Akida -Version 1.0
        $learner = $extractor | Add-AkidaLearningLayer -NumClasses 10 -NeuronsPerClass 4 -NumWeights 700 -LearningCompetition 0.1
        $module = (Resolve-Path "$PSScriptRoot/../AkidaQuant.psd1").Path

        Copy-Item "$data/digits.h5" "$files/network.h5"
        Copy-Item "$data/digits_pytorch.onnx" "$files/network.onnx"
        Copy-Item "$data/digits_calibration.npz" "$files/train.npz"
        Copy-Item "$data/digits_test.npz" "$files/test.npz"
        Copy-Item "$vectors/keras/streaming_recurrent/inputs.npz" "$files/frames.npz"
        $null = New-Item "$files/models", "$files/photos/cat", "$files/photos/dog" -ItemType Directory
        Copy-Item "$vectors/images/gray.png" "$files/photos/cat/1.png"
        Copy-Item "$vectors/images/gray.jpg" "$files/photos/dog/1.jpg"
        $model | Export-QuantModel "$files/network.keras"
        $model | Export-QuantModel "$files/models/first.keras"
        $quantized | Export-QuantModel "$files/quantized.h5"
        $quantized | Export-QuantModel "$files/models/second.keras"
        $config | Export-QuantConfig "$files/network.json"
        Set-Content "$files/iris.csv" 'sepal,petal,kind', '5.1,1.4,setosa', '7.0,4.7,versicolor', '6.3,6.0,virginica'

        # The activations of Akida 1.0 are bounded, those of this network are not.
        $latin = [System.Text.Encoding]::Latin1
        $open = $latin.GetString([System.IO.File]::ReadAllBytes("$vectors/keras/digits_lenet_akida1/float.h5"))
        [System.IO.File]::WriteAllBytes("$files/lenet.h5", $latin.GetBytes($open.Replace('"max_value": null', '"max_value": 6.00')))

        # A network of any image size: in its fields of 28 (0A 02 08 1C) a size becomes a name (0A 02 12 00), as exporters write it.
        $fixed = [System.Convert]::ToHexString([System.IO.File]::ReadAllBytes("$data/digits_pytorch.onnx"))
        [System.IO.File]::WriteAllBytes("$files/any_size.onnx", [System.Convert]::FromHexString($fixed.Replace('0A02081C', '0A021200')))

        # IDX as that of MNIST: two zeros, the type, the rank, the dimensions, the bytes.
        function Write-Idx([string] $Path, [byte[]] $Head, [byte[]] $Values) {
            $stream = [System.IO.Compression.GZipStream]::new([System.IO.File]::Create($Path), [System.IO.Compression.CompressionMode]::Compress)
            $stream.Write([byte[]] ($Head + $Values))
            $stream.Dispose()
        }
        Write-Idx "$files/t10k-images-idx3-ubyte.gz" (0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 28, 0, 0, 0, 28) (0..3 | ForEach-Object { $test.Values($_) })
        Write-Idx "$files/t10k-labels-idx1-ubyte.gz" (0, 0, 8, 1, 0, 0, 0, 4) $test.Labels[0..3]

        function Invoke-Example([string] $Code) {
            $folder = New-Item "$TestDrive/$([guid]::NewGuid())" -ItemType Directory
            Copy-Item "$files/*" $folder -Recurse
            $before = Get-Location
            $rendering = $PSStyle.OutputRendering
            $instructions = $env:AKIDAQUANT_INSTRUCTIONS
            try {
                Set-Location $folder
                $PSStyle.OutputRendering = 'PlainText'
                $all = & ([scriptblock]::Create($Code)) 3>&1
                # Few bits damage the outputs, which is what the check says of such an example.
                @($all | Where-Object { $_ -is [System.Management.Automation.WarningRecord] -and $_ -notmatch '^The outputs of .* \d-bit ' }) |
                    Should -BeNullOrEmpty
                $all | Where-Object { $_ -isnot [System.Management.Automation.WarningRecord] } | Out-String -Width 120
            }
            finally {
                $env:AKIDAQUANT_INSTRUCTIONS = $instructions
                $PSStyle.OutputRendering = $rendering
                Set-Location $before
            }
        }

        # Lines without the spaces at their ends.
        function Get-Line([string] $Text) {
            $Text.Trim() -split '\r?\n' | ForEach-Object TrimEnd
        }
    }

    Context '<Page>' -ForEach $pages {
        It 'has examples, each with one block of PowerShell, and shows nothing that is not compared' {
            $Examples.Count | Should -BeGreaterOrEqual $Needed
            @($Examples | Where-Object { $_.Output }).Count | Should -Be $Shown
            if ($Needed) {
                $Examples.Title | Should -Be $Titles
            }
        }
    }

    It 'run without an error or a warning: <Page>, <Title>' -ForEach $examples {
        $printed = Invoke-Example $Code
        if ($Output) {
            # A line of dots stands for lines that differ from machine to machine, or that are many.
            $pattern = (Get-Line $Output | ForEach-Object { if ($_ -eq '...') { '(.*\n)*?' } else { [regex]::Escape($_) + '\n' } }) -join ''
            "$((Get-Line $printed) -join "`n")`n" | Should -MatchExactly "\A$pattern\z"
        }
    }
}
