BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $temporal = "$PSScriptRoot/vectors/keras/temporal_buffers"
    $akida = Import-QuantModel "$temporal/quantized.h5" | ConvertTo-Akida
    $frames = Import-SampleSet "$temporal/samples.npz" -First 12
    $expected = ($akida | Invoke-AkidaModel -Sample $frames).Output -join ' '
    $type = 'AkidaQuant.PowerShell.Commands.InvokeAkidaModelCommand'
}

Describe 'New-AkidaStream' {
    It 'gives a stream that remembers zeros' {
        $stream = $akida | New-AkidaStream -Count 3
        $stream | Should -BeOfType 'AkidaQuant.AkidaStream'
        $stream.Model | Should -Be $akida
        $stream.Count | Should -Be 3
        $stream.Steps | Should -Be 0
        $stream.State.Layer | Should -Not -BeNullOrEmpty
        $stream.Bytes | Should -Be (3 * ($stream.State | Measure-Object Bytes -Sum).Sum)
        (New-AkidaStream $akida).Count | Should -Be 1
    }

    It 'takes each model that is piped' {
        @($akida, $akida | New-AkidaStream) | Should -HaveCount 2
    }

    It 'refuses what is no Akida model, and too many streams' {
        { New-AkidaStream 12 } | Should -Throw -ErrorId 'ModelArgumentInvalid,AkidaQuant.PowerShell.Commands.NewAkidaStreamCommand'
        { New-AkidaStream (Import-QuantModel "$temporal/quantized.h5") } | Should -Throw '*convert it with ConvertTo-Akida*'
        { New-AkidaStream $akida -Count 0 } | Should -Throw '*Count*'
        { New-AkidaStream $akida -Count 2147483647 -ErrorAction Stop } |
            Should -Throw -ErrorId 'ParameterOutOfRange,AkidaQuant.PowerShell.Commands.NewAkidaStreamCommand'
    }

    It 'is shown with its state' {
        $stream = $akida | New-AkidaStream
        $stream | Out-String -Width 200 | Should -Match 'Model +Count +Steps +Bytes +State'
        $stream.State | Out-String -Width 200 | Should -Match 'Layer +Type +Shape +Bits +Bytes'
        "$stream" | Should -Match ': 1 stream after 0 time steps$'
    }
}

Describe 'Invoke-AkidaModel -Stream' {
    It 'gives frame by frame what one call gives' {
        $stream = $akida | New-AkidaStream
        $outputs = 0..11 | ForEach-Object { (Invoke-AkidaModel -Stream $stream -Sample $frames[$_]).Output }
        $outputs -join ' ' | Should -BeExactly $expected
        $stream.Steps | Should -Be 12
    }

    It 'takes the model from the pipeline, by name or from the stream' {
        $stream = $akida | New-AkidaStream
        $outputs = @(
            $akida | Invoke-AkidaModel -Sample $frames[0, 1] -Stream $stream
            $akida | Invoke-AkidaModel $frames[2, 3] -Stream $stream
            Invoke-AkidaModel -Model $akida -Stream $stream -Sample $frames[4, 5]
            Invoke-AkidaModel $frames[6, 7] -Stream $stream
            Invoke-AkidaModel -Samples $frames[8, 9, 10, 11] -Stream $stream -ThrottleLimit 1
        ).Output
        $outputs -join ' ' | Should -BeExactly $expected
    }

    It 'gives tensors and potentials' {
        $stream = $akida | New-AkidaStream
        $tensors = 0..2 | ForEach-Object { $tensor = Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(4 * $_, 4) -AsTensor; @($tensor) }
        $tensors -join ' ' | Should -BeExactly $expected
        $stream.Reset()
        $potentials = 0..2 | ForEach-Object { (Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(4 * $_, 4) -Potential).Output }
        $potentials -join ' ' | Should -BeExactly (($akida | Invoke-AkidaModel -Sample $frames -Potential).Output -join ' ')
        $stream.Reset()
        $tensor = Invoke-AkidaModel -Stream $stream -Sample $frames -Potential -AsTensor
        @($tensor) -join ' ' | Should -BeExactly ($potentials -join ' ')
    }

    It 'runs parallel streams' {
        $stream = $akida | New-AkidaStream -Count 4
        $outputs = 0..2 | ForEach-Object { (Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(4 * $_, 4)).Output }
        $outputs -join ' ' | Should -BeExactly (($akida | Invoke-AkidaModel -Sample $frames -BatchSize 4).Output -join ' ')
        $stream.Steps | Should -Be 3
    }

    It 'serves several runspaces with a stream each' {
        $streams = 1..4 | ForEach-Object { $akida | New-AkidaStream }
        $module = (Resolve-Path "$PSScriptRoot/../AkidaQuant.psd1").Path
        $given = $streams | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            $stream = $_
            $own = $using:frames
            (0..11 | ForEach-Object { (Invoke-AkidaModel -Stream $stream -Sample $own[$_]).Output }) -join ' '
        }
        $given | Should -Be (@($expected) * 4)
    }

    It 'leaves the stream as it was when a call fails or is left early' {
        $stream = $akida | New-AkidaStream
        $first = (Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(0, 4)).Output
        { Invoke-AkidaModel -Stream $stream -Sample (New-SampleSet -Shape 2 -Count 1) -ErrorAction Stop } |
            Should -Throw -ErrorId "SampleShapeMismatch,$type"
        $null = Invoke-AkidaModel -Stream $stream -Sample $frames | Select-Object -First 1
        $stream.Steps | Should -Be 4
        $rest = Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(4, 8) | Select-Object -First 8
        ($first + $rest.Output) -join ' ' | Should -BeExactly $expected
        $stream.Steps | Should -Be 12
    }

    It 'leaves the stream as it was when a call is stopped' {
        $stream = $akida | New-AkidaStream
        $null = Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(0, 4)
        $many = $frames.Select([int[]] (@(0) * 200000))
        $shell = [powershell]::Create()
        $null = $shell.AddScript('param($module, $stream, $many) Import-Module $module; Invoke-AkidaModel -Stream $stream -Sample $many -AsTensor').
            AddParameters(@((Resolve-Path "$PSScriptRoot/../AkidaQuant.psd1").Path, $stream, $many))
        $running = $shell.BeginInvoke()
        # It says how far it is once it has the stream.
        while ($shell.Streams.Progress.Count -eq 0 -and -not $running.IsCompleted) {
            Start-Sleep -Milliseconds 20
        }
        $running.IsCompleted | Should -BeFalse
        { Invoke-AkidaModel -Stream $stream -Sample $frames -ErrorAction Stop } | Should -Throw -ErrorId "AkidaStreamBusy,$type"
        $shell.Stop()
        $shell.Dispose()
        $stream.Steps | Should -Be 4
        $rest = Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(4, 8)
        $rest.Output -join ' ' | Should -BeExactly (($akida | Invoke-AkidaModel -Sample $frames).Output[-$rest.Output.Count..-1] -join ' ')
    }

    It 'lets a command behind it go on with the stream' {
        $stream = $akida | New-AkidaStream
        $second = Invoke-AkidaModel -Stream $stream -Sample $frames[0] |
            ForEach-Object { Invoke-AkidaModel -Stream $stream -Sample $frames[1] }
        $second.Output -join ' ' | Should -BeExactly (($akida | Invoke-AkidaModel -Sample $frames[0, 1])[1].Output -join ' ')
    }

    It 'refuses what does not fit' {
        $stream = $akida | New-AkidaStream -Count 2
        $other = Import-QuantModel "$temporal/quantized.h5" | ConvertTo-Akida
        { $other | Invoke-AkidaModel -Stream $stream -Sample $frames -ErrorAction Stop } | Should -Throw -ErrorId "AkidaStreamModelMismatch,$type"
        { Invoke-AkidaModel -Stream $stream -Sample $frames -BatchSize 4 -ErrorAction Stop } | Should -Throw -ErrorId "AkidaStreamCountMismatch,$type"
        { Invoke-AkidaModel -Stream $stream -Sample $frames.Slice(0, 3) -ErrorAction Stop } | Should -Throw -ErrorId "StreamLengthsDiffer,$type"
        { Invoke-AkidaModel -Stream $akida -Sample $frames } | Should -Throw -ErrorId "StreamArgumentInvalid,$type"
        { Invoke-AkidaModel -Stream $null -Sample $frames } | Should -Throw -ErrorId "StreamArgumentInvalid,$type"
        { $stream | Invoke-AkidaModel -Sample $frames -ErrorAction Stop } | Should -Throw '*goes to -Stream*'
        $stream.Steps | Should -Be 0
    }
}
