BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $keras = "$PSScriptRoot/vectors/keras"
    $model = "$keras/tutorial_1_params/float.h5"
    $type = 'AkidaQuant.PowerShell.Commands.ImportQuantModelCommand'

    # A copy of a model with a text of its file replaced by one of the same length.
    function New-EditedModel([string] $Name, [string] $Text, [string] $With) {
        $latin = [System.Text.Encoding]::Latin1
        $bytes = $latin.GetBytes($latin.GetString([System.IO.File]::ReadAllBytes($model)).Replace($Text, $With))
        [System.IO.File]::WriteAllBytes("$TestDrive/$Name", $bytes)
        "$TestDrive/$Name"
    }
}

Describe 'Import-QuantModel' {
    It 'reads a float model' {
        $read = Import-QuantModel $model
        $read | Should -BeOfType 'AkidaQuant.Model'
        $read.Name | Should -Be 'model'
        $read.IsQuantized | Should -BeFalse
        $read.InputShape.ToString() | Should -Be '(28, 28, 3)'
        $read.Nodes.Count | Should -Be 7
    }

    It 'reads a quantized model' {
        $read = Import-QuantModel "$keras/tutorial_1_params/quantized.h5"
        $read.IsQuantized | Should -BeTrue
    }

    It 'says that a description without weights is untrained, wherever it is read' {
        Set-Content "$TestDrive/bare.yaml" "input_shape: 4`nlayers: [Dense: { units: 2 }]"
        Set-Content "$TestDrive/bare.psd1" "@{ input_shape = 4; layers = @(@{ Dense = @{ units = 2 } }) }"
        foreach ($file in "$TestDrive/bare.yaml", "$TestDrive/bare.psd1") {
            Import-QuantModel $file -WarningAction SilentlyContinue -WarningVariable said | Should -BeOfType ([AkidaQuant.Model])
            "$said" | Should -Match "seed \d+: nobody trained.*$([regex]::Escape((Split-Path -Leaf $file)))"
            "$(Get-QuantSummary $file -WarningAction SilentlyContinue -WarningVariable said)" | Should -Match 'Dense'
            "$said" | Should -Match 'nobody trained'
            $null = New-QuantModel $file -WarningVariable said
            $said | Should -BeNullOrEmpty
        }
        Add-Content "$TestDrive/bare.yaml" 'seed: 1'
        $null = Import-QuantModel "$TestDrive/bare.yaml" -WarningVariable said
        $said | Should -BeNullOrEmpty
    }

    It 'reads all files that a wildcard names' {
        @(Import-QuantModel "$keras/conv_k3*/float.h5") | Should -HaveCount 6
    }

    It 'takes files and paths from the pipeline' {
        @(Get-ChildItem "$keras/depthwise_k3_s1" -Filter *.h5 | Import-QuantModel) | Should -HaveCount 2
        @($model, "$keras/dense_only/float.h5" | Import-QuantModel) | Should -HaveCount 2
    }

    It 'takes wildcard characters literally with -LiteralPath' {
        [System.IO.File]::Copy($model, "$TestDrive/net[1].h5")
        (Import-QuantModel -LiteralPath "$TestDrive/net[1].h5").Name | Should -Be 'model'
        { Import-QuantModel "$TestDrive/net[1].h5" -ErrorAction Stop } | Should -Throw -ErrorId "FileNotFound,$type"
    }

    It 'takes files with wildcard characters in their names from the pipeline' {
        [System.IO.File]::Copy($model, "$TestDrive/piped [2].h5")
        (Get-ChildItem $TestDrive -Filter 'piped*' | Import-QuantModel).Name | Should -Be 'model'
    }

    It 'reads from the location of the session and from drives' {
        [System.IO.File]::Copy($model, "$TestDrive/a net.h5")
        $before = Get-Location
        try {
            Set-Location $TestDrive
            (Import-QuantModel 'a net.h5').Name | Should -Be 'model'
            (Import-QuantModel './a n*.h5').Name | Should -Be 'model'
        }
        finally {
            Set-Location $before
        }
        (Import-QuantModel 'TestDrive:/a net.h5').Name | Should -Be 'model'
        (Import-QuantModel 'TestDrive:/a n*.h5').Name | Should -Be 'model'
    }

    It 'refuses <Case>' -TestCases @(
        @{ Case = 'a drive that is not there'; Wrong = 'none:/net.h5'; Id = 'FileNotFound' }
        @{ Case = 'a drive that is not there, with wildcards'; Wrong = 'none:/*.h5'; Id = 'FileNotFound' }
        @{ Case = 'a provider that is not there'; Wrong = 'none::net.h5'; Id = 'FileNotFound' }
        @{ Case = 'a path of another provider'; Wrong = 'Variable:model'; Id = 'PathNotFileSystem' }
        @{ Case = 'a character that no name has'; Wrong = "a`0.h5"; Id = 'PathInvalid' }
    ) {
        # The next path is read all the same.
        $read = $Wrong, $model | Import-QuantModel -ErrorAction SilentlyContinue -ErrorVariable failed
        @($failed)[0].FullyQualifiedErrorId | Should -Be "$Id,$type"
        @($read) | Should -HaveCount 1
    }

    It 'says that a folder is one' {
        $null = [System.IO.Directory]::CreateDirectory("$TestDrive/folder.h5")
        { Import-QuantModel "$TestDrive/folder.h5" -ErrorAction Stop } | Should -Throw '*folder.h5*is a folder*'
    }

    It 'reads the other files when one cannot be read' {
        $read = Import-QuantModel "$TestDrive/none.h5", $model -ErrorAction SilentlyContinue -ErrorVariable failed
        @($read) | Should -HaveCount 1
        @($failed) | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be "FileNotFound,$type"
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }

    It 'says which file is missing' {
        { Import-QuantModel "$TestDrive/none.h5" -ErrorAction Stop } | Should -Throw '*none.h5*does not exist*'
    }

    It 'refuses a truncated file' {
        $bytes = [System.IO.File]::ReadAllBytes($model)
        [System.IO.File]::WriteAllBytes("$TestDrive/half.h5", [byte[]] $bytes[0..($bytes.Length / 2)])
        { Import-QuantModel "$TestDrive/half.h5" -ErrorAction Stop } | Should -Throw -ErrorId "ModelFileDamaged,$type"
    }

    It 'refuses a file of another kind' {
        [System.IO.File]::WriteAllText("$TestDrive/text.h5", 'no model')
        { Import-QuantModel "$TestDrive/text.h5" -ErrorAction Stop } | Should -Throw -ErrorId "ModelFileDamaged,$type"
        [System.IO.File]::WriteAllText("$TestDrive/text.keras", 'no model')
        { Import-QuantModel "$TestDrive/text.keras" -ErrorAction Stop } | Should -Throw '*another format*name.keras*' -ErrorId "ModelFileDamaged,$type"
        [System.IO.File]::WriteAllText("$TestDrive/model.txt", 'no model')
        { Import-QuantModel "$TestDrive/model.txt" -ErrorAction Stop } | Should -Throw -ErrorId "ModelFormatUnknown,$type"
    }

    It 'refuses an HDF5 file without a Keras model' {
        $file = New-EditedModel plain.h5 'model_config' 'other_config'
        { Import-QuantModel $file -ErrorAction Stop } | Should -Throw -ErrorId "NotAKerasModel,$type"
    }

    It 'reads networks from PyTorch, whichever exporter wrote them' {
        foreach ($name in 'float', 'float_dynamo') {
            $read = Import-QuantModel "$PSScriptRoot/vectors/onnx/digits_resnet/$name.onnx"
            $read.Name | Should -Be $name
            $read.IsQuantized | Should -BeFalse
            $read.InputShape.ToString() | Should -Be '(28, 28, 1)'
            $read.Layers.ClassName | Should -Contain 'DepthwiseConv2D'
        }
    }

    It 'takes the size of the samples that a file leaves open' {
        $file = "$PSScriptRoot/vectors/onnx/digits_resnet/float.onnx"
        $latin = [System.Text.Encoding]::Latin1
        $text = $latin.GetString([System.IO.File]::ReadAllBytes($file))
        # A dimension is a field of two bytes: the number 28, or a name of no letters.
        $number = [string]::new([char[]] (0x0a, 2, 8, 28))
        $name = [string]::new([char[]] (0x0a, 2, 0x12, 0))
        [System.IO.File]::WriteAllBytes("$TestDrive/open.onnx", $latin.GetBytes($text.Replace($number, $name)))
        { Import-QuantModel "$TestDrive/open.onnx" -ErrorAction Stop } | Should -Throw '*-InputShape*' -ErrorId "InputShapeUnknown,$type"
        (Import-QuantModel "$TestDrive/open.onnx" -InputShape 1, 28, 28).InputShape.ToString() | Should -Be '(28, 28, 1)'
        (Import-QuantModel -LiteralPath "$TestDrive/open.onnx" -InputShape 1, 36, 20).InputShape.ToString() | Should -Be '(36, 20, 1)'
        { Import-QuantModel "$TestDrive/open.onnx" -InputShape 28, 28, 1 -ErrorAction Stop } | Should -Throw -ErrorId "InputShapeMismatch,$type"
        { Import-QuantModel $file -InputShape 1, 36, 20 -ErrorAction Stop } | Should -Throw -ErrorId "InputShapeMismatch,$type"
        { Import-QuantModel $file -InputShape 1, 28, 0 } | Should -Throw '*InputShape*'
    }

    It 'names what an ONNX file has that no layer computes' {
        $bytes = [System.IO.File]::ReadAllBytes("$PSScriptRoot/vectors/onnx/digits_resnet/float.onnx")
        $latin = [System.Text.Encoding]::Latin1
        # The operator is a text of a length: its field, 4, the name.
        $field = [string]::new([char[]] (0x22, 4))
        [System.IO.File]::WriteAllBytes("$TestDrive/odd.onnx", $latin.GetBytes($latin.GetString($bytes).Replace("${field}Relu", "${field}Lulu")))
        { Import-QuantModel "$TestDrive/odd.onnx" -ErrorAction Stop } | Should -Throw "*Lulu*has no layer here*" -ErrorId "OnnxOperatorUnknown,$type"
    }

    It 'refuses an ONNX file that is damaged or something else' {
        $bytes = [System.IO.File]::ReadAllBytes("$PSScriptRoot/vectors/onnx/digits_resnet/float.onnx")
        [System.IO.File]::WriteAllBytes("$TestDrive/half.onnx", [byte[]] $bytes[0..($bytes.Length / 2)])
        { Import-QuantModel "$TestDrive/half.onnx" -ErrorAction Stop } | Should -Throw '*half.onnx*is damaged*' -ErrorId "ModelFileDamaged,$type"
        [System.IO.File]::WriteAllText("$TestDrive/empty.onnx", '')
        { Import-QuantModel "$TestDrive/empty.onnx" -ErrorAction Stop } | Should -Throw -ErrorId "NotAnOnnxModel,$type"
    }

    It 'takes the network up to the layers that -Output names' {
        $onnx = "$PSScriptRoot/vectors/onnx/digits_resnet/float.onnx"
        $whole = Import-QuantModel $onnx
        $name = $whole.Nodes[3].Name
        (Import-QuantModel $onnx -Output $name).Outputs | Should -BeExactly $name
        $part = Import-QuantModel $model -Output dw_conv, input_conv
        $part.Outputs | Should -BeExactly 'dw_conv', 'input_conv'
        { Import-QuantModel $model -Output input_con -ErrorAction Stop } |
            Should -Throw "*Did you mean 'input_conv'*" -ErrorId "OutputUnknown,$type"
        { Import-QuantModel $model -Output '' } | Should -Throw '*names of layers*'
        Set-Content "$TestDrive/cut.psd1" "@{ input_shape = 4; seed = 1; layers = @(@{ Dense = @{ units = 2; name = 'a' } }, 'Odd9') }"
        (Import-QuantModel "$TestDrive/cut.psd1" -Output a).Outputs | Should -BeExactly 'a'
    }

    It 'says in its refusals what -Output can name, and that works' {
        $file = New-EditedModel cut.h5 '"Dense"' '"Den9e"'
        $null = Import-QuantModel $file -ErrorAction SilentlyContinue -ErrorVariable failed
        "$failed" -match "-Output '([^']+)' imports the network up to there" | Should -BeTrue
        (Import-QuantModel $file -Output $Matches[1]).Outputs | Should -BeExactly $Matches[1]
    }

    It 'refuses a layer of an unknown class' {
        $file = New-EditedModel unknown.h5 '"Conv2D"' '"Conv9D"'
        { Import-QuantModel $file -ErrorAction Stop } | Should -Throw -ErrorId "UnknownLayerClass,$type"
        { Import-QuantModel $file -ErrorAction Stop } | Should -Throw '*Conv9D*'
    }

    It 'names what is no whole model, with the way out' {
        $pointer = "version https://git-lfs.github.com/spec/v1`noid sha256:0`nsize 1`n"
        [System.IO.File]::WriteAllText("$TestDrive/pointer.keras", $pointer)
        { Import-QuantModel "$TestDrive/pointer.keras" -ErrorAction Stop } | Should -Throw '*git lfs pull*' -ErrorId "GitLfsPointer,$type"
        $null = New-Item -ItemType Directory "$TestDrive/saved"
        [System.IO.File]::WriteAllText("$TestDrive/saved/saved_model.pb", '')
        { Import-QuantModel "$TestDrive/saved" -ErrorAction Stop } | Should -Throw '*SavedModel*model.save*' -ErrorId "ModelFormatUnknown,$type"
        { Import-QuantModel "$TestDrive/net.tflite" -ErrorAction Stop } | Should -Throw '*TensorFlow Lite*' -ErrorId "ModelFormatUnknown,$type"
    }

    It 'takes as much memory for arrays as -MaxSize allows' {
        (Import-QuantModel $model -MaxSize 4GB).Name | Should -Be 'model'
        { Import-QuantModel $model -MaxSize 1KB -ErrorAction Stop } | Should -Throw '*float.h5*-MaxSize*' -ErrorId "ModelTooLarge,$type"
        { Import-QuantModel $model -MaxSize 0 } | Should -Throw
    }

    It 'refuses <_>, which unpacks to far more than it declares' -ForEach 'chunks_at_one_place', 'chunk_unpacks' {
        { Import-QuantModel "$PSScriptRoot/vectors/damaged/$_.h5" -ErrorAction Stop } | Should -Throw "*$_*" -ErrorId "ModelFileDamaged,$type"
    }

    It 'refuses weights of the wrong shape' {
        $file = New-EditedModel shape.h5 '"filters": 16' '"filters": 24'
        { Import-QuantModel $file -ErrorAction Stop } | Should -Throw -ErrorId "WeightShapeMismatch,$type"
        { Import-QuantModel $file -ErrorAction Stop } | Should -Throw "*'input_conv'*"
    }

    It 'is shown as a table' {
        $text = Import-QuantModel $model | Out-String -Width 120
        $text | Should -Match 'Name +Layers +Input +InputType +Output +Quantized'
        $text | Should -Match 'model +7 +\(28, 28, 3\) +uint8 +\(24, 24, 10\) +False'
    }

    It 'is shown in short behind other objects' {
        $text = ([version] '1.0'), (Import-QuantModel $model) | Format-List | Out-String -Width 120
        $text | Should -Match 'IsQuantized +: False'
        $text | Should -Not -Match 'Plan'
    }

    It 'says with -Verbose what it found' {
        $said = Import-QuantModel "$PSScriptRoot/vectors/keras/tutorial_1_params/float.h5" -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        $byPreference = & {
            $VerbosePreference = 'Continue'
            Import-QuantModel "$PSScriptRoot/vectors/keras/tutorial_1_params/float.h5" 4>&1
        }
        $byPreference[0].Message | Should -BeExactly $said.Message
        "$said" | Should -BeLike 'float.h5: An HDF5 file of Keras 2.*: the functional model ''model'' with 7 layers, 4 of them with weights,*'
    }

    It 'stops when it is told to, and leaves nothing running' {
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        $null = $shell.AddScript("Import-Module '$PSScriptRoot/../AkidaQuant.psd1'
            `$file = '$PSScriptRoot/vectors/keras/tutorial_1_params/float.h5'
            Import-QuantModel -LiteralPath (,`$file * 1000000) | ForEach-Object { 1 }")
        $given = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $given)
        $deadline = [System.Diagnostics.Stopwatch]::StartNew()
        while ($given.Count -lt 3 -and $deadline.Elapsed.TotalSeconds -lt 60) {
            [System.Threading.Thread]::Sleep(20)
        }
        $stopping = $shell.BeginStop($null, $null)
        $stopping.AsyncWaitHandle.WaitOne([timespan]::FromMinutes(1)) | Should -BeTrue -Because 'what goes on for longer does not stop'
        $shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $count = $given.Count
        $allocated = [System.GC]::GetTotalAllocatedBytes()
        [System.Threading.Thread]::Sleep(500)
        $given.Count | Should -Be $count
        [System.GC]::GetTotalAllocatedBytes() - $allocated | Should -BeLessThan 10MB -Because 'what still reads takes memory'
        $shell.Dispose()
        $runspace.Dispose()
    }
}
