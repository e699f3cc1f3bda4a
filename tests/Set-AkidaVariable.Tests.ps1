BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.SetAkidaVariableCommand'
    $model = New-AkidaLayer FullyConnected 1 -WeightsBits 4 -Activation $false -Name dense -Variable @{ weights = 1, 2 } | New-AkidaModel
    $sample = New-SampleSet -InputObject ([byte[]] (3, 4)) -Shape 1, 1, 2

    function Get-Potential($Of) {
        ($Of | Invoke-AkidaModel $sample -Potential).Output
    }
}

Describe 'Set-AkidaVariable' {
    It 'gives a new model that computes with the value, also after a run, and leaves the old one' {
        Get-Potential $model | Should -Be 11
        $other = $model | Set-AkidaVariable dense weights -3, 5
        Get-Potential $other | Should -Be 11
        Get-Potential ($other | Set-AkidaVariable dense weights 7, -8) | Should -Be -11
        Get-Potential (Set-AkidaVariable $model dense threshold 4) | Should -Be 7
        Get-Potential (Set-AkidaVariable -Model $model -Layer dense -Name threshold -Value @(5)) | Should -Be 6
        Get-Potential $model | Should -Be 11
    }

    It 'gives variables as copies, and takes them' {
        $got = $model.Layers['dense'].Variables['weights']
        $got.Values[0] = 7
        Get-Potential $model | Should -Be 11
        $other = $model | Set-AkidaVariable dense weights $got
        Get-Potential $other | Should -Be 29
        $got.Values[0] = 1
        Get-Potential $other | Should -Be 29
    }

    It 'refuses <id>' -ForEach @(
        @{ id = 'AkidaVariableRange'; name = 'weights'; value = 1, 99; part = "'dense' (FullyConnected): its variable 'weights' must hold -8 to 7, but value 1 is 99." }
        @{ id = 'AkidaVariableShape'; name = 'weights'; value = 1, 2, 3; part = 'must have the shape (1, 1, 2, 1), but it has (3,)' }
        @{ id = 'AkidaVariableShape'; name = 'weights'; value = 1; part = 'but it has ()' }
        @{ id = 'AkidaVariableShape'; name = 'threshold'; value = 1, 2; part = 'must have 1 or 1 values' }
        @{ id = 'AkidaVariableType'; name = 'weights'; value = 1, 0.5; part = 'whole numbers' }
        @{ id = 'AkidaVariableInvalid'; name = 'act_step'; value = 0; part = 'must hold positive numbers' }
        @{ id = 'AkidaVariableInvalid'; name = 'weights'; value = 'a', 'b'; part = "it has the text 'a' in it" }
        @{ id = 'AkidaVariableUnknown'; name = 'bias'; value = 1; part = 'It has: weights, threshold, act_step' }
    ) {
        $failure = { $model | Set-AkidaVariable dense $name $value -ErrorAction Stop } | Should -Throw -ErrorId "$id,$type" -PassThru
        "$failure" | Should -BeLike "*$part*"
    }

    It 'refuses a layer that there is not' {
        { $model | Set-AkidaVariable dence weights 1, 1 -ErrorAction Stop } | Should -Throw "*no layer 'dence'. Did you mean 'dense'*" -ErrorId "LayerUnknown,$type"
    }

    It 'completes layers and variables' {
        $global:model = $model
        try {
            $line = '$model | Set-AkidaVariable '
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'input_data', 'dense'
            $line = '$model | Set-AkidaVariable dense -Name w'
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'weights'
        }
        finally {
            Remove-Variable model -Scope Global
        }
    }

    It 'takes no scale of a Quantizer that turns signs or makes all the same' {
        foreach ($scale in 0.0, -1.0) {
            { New-AkidaLayer Quantizer -InputShape 1, 1, 2 -Variable @{ scales = $scale } -ErrorAction Stop } |
                Should -Throw -ErrorId 'AkidaVariableInvalid,*'
        }
    }
}
