BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.AddAkidaLayerCommand'
    $model = New-AkidaLayer Conv2D 4 3 -Name a | New-AkidaModel -InputShape 6, 6, 2 -Name net
    $conv = New-AkidaLayer Conv2D 4 3 -Name b
}

Describe 'Add-AkidaLayer' {
    It 'gives a new model, piped or not, and leaves the old one' {
        foreach ($longer in ($model | Add-AkidaLayer $conv), (Add-AkidaLayer $model $conv), (Add-AkidaLayer -Layer $conv -Model $model)) {
            $longer.Layers.Name | Should -Be 'input_data', 'a', 'b'
            $longer.Layers['b'].Inbounds | Should -Be 'a'
            $longer.Name | Should -Be 'net'
        }
        $model.Layers.Count | Should -Be 2
    }

    It 'takes the layers that feed it, by name and by Tab' {
        $both = $model | Add-AkidaLayer $conv | Add-AkidaLayer (New-AkidaLayer Add -Name sum) -Inbound a, b
        $both.Layers['sum'].Inbounds | Should -Be 'a', 'b'
        $line = '$model | Add-AkidaLayer $conv -Inbound '
        $global:model = $model
        try {
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'input_data', 'a'
        }
        finally {
            Remove-Variable model -Scope Global
        }
    }

    It 'refuses what does not go with the model' {
        { $model | Add-AkidaLayer $conv -Inbound x -ErrorAction Stop } | Should -Throw "*no layer 'x'*" -ErrorId "LayerUnknown,$type"
        { $model | Add-AkidaLayer $model.Layers['a'] -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLayerNameTwice,$type"
        { $model | Add-AkidaLayer (New-AkidaLayer FullyConnected 1) -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLayerVersion,$type"
        { $model | Add-AkidaLayer 'Conv2D' -ErrorAction Stop } | Should -Throw -ErrorId "LayerArgumentInvalid,$type"
        { $model | Add-AkidaLayer (New-AkidaLayer Dense1D 1 -Variable @{ weights = 1, 2 }) -ErrorAction Stop } |
            Should -Throw '*must have the shape (144, 1), but it has (2, 1)*' -ErrorId "AkidaVariableShape,$type"
    }
}
