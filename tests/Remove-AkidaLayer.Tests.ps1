BeforeAll {
    Import-Module "$PSScriptRoot/../AkidaQuant.psd1"
    $type = 'AkidaQuant.PowerShell.Commands.RemoveAkidaLayerCommand'
    $quantized = Import-QuantModel "$PSScriptRoot/vectors/keras/digits_ds_cnn/quantized.h5"
    $akida = $quantized | ConvertTo-Akida
    $samples = Import-SampleSet "$PSScriptRoot/vectors/keras/digits_ds_cnn/inputs.npz" -First 4
}

Describe 'Remove-AkidaLayer' {
    It 'removes the last layer, and leaves the model that came in' {
        $count = $akida.Layers.Count
        foreach ($shorter in ($akida | Remove-AkidaLayer), (Remove-AkidaLayer $akida)) {
            $shorter.Layers.Name | Should -Be $akida.Layers.Name[0..($count - 2)]
        }
        $akida.Layers.Count | Should -Be $count
    }

    It 'gives without the Dequantizer the potentials' {
        $integers = @($akida | Remove-AkidaLayer | Invoke-AkidaModel $samples | ForEach-Object { "$($_.Output)" })
        $integers | Should -Be @($akida | Invoke-AkidaModel $samples -Potential | ForEach-Object { "$($_.Output)" })
    }

    It 'ends a model with a layer, by position, name and Tab' {
        $name = $akida.Layers[2].Name
        foreach ($part in ($akida | Remove-AkidaLayer $name), (Remove-AkidaLayer $akida -After $name.ToUpper())) {
            $part.Layers.Name | Should -Be $akida.Layers.Name[0..2]
        }
        $global:akida = $akida
        try {
            $line = '$akida | Remove-AkidaLayer -After '
            (TabExpansion2 $line $line.Length).CompletionMatches.ListItemText | Should -Be $akida.Layers.Name
        }
        finally {
            Remove-Variable akida -Scope Global
        }
    }

    It 'refuses a layer that there is not, and the last one' {
        { $akida | Remove-AkidaLayer -After x -ErrorAction Stop } | Should -Throw -ErrorId "LayerUnknown,$type"
        { $akida | Remove-AkidaLayer $akida.Layers[0].Name | Remove-AkidaLayer -ErrorAction Stop } | Should -Throw -ErrorId "AkidaLayerLast,$type"
        { $quantized | Remove-AkidaLayer -ErrorAction Stop } | Should -Throw -ErrorId "ModelArgumentInvalid,$type"
    }
}
