BeforeAll {
    $examples = "$PSScriptRoot/../examples"
}

Describe 'Quantize-Digits.ps1' {
    It 'keeps the accuracy on the whole way' {
        $text = (& "$examples/Quantize-Digits.ps1" -Misread 2) -join "`n"
        $text | Should -Match 'float +94\.8 %'
        $text | Should -Match 'quantized +95\.0 %'
        $text | Should -Match 'Akida +95\.0 %'
        $text | Should -Match 'between quantized and Akida: 0\n'
        $text | Should -Match 'Misread digits: \d read as \d, \d read as \d\n'
        $text | Should -Match '@@@'
    }
}

Describe 'Advanced-Quantization.ps1' {
    It 'shows the networks of the tutorial' {
        $text = (& "$examples/Advanced-Quantization.ps1") -join "`n"
        foreach ($count in 1488, 16976, 7870, 16970) {
            $text | Should -Match "Total params: $count \("
        }
        $text | Should -Match '\[10, 25, 2\]  \[1, 1, 10\]    1          7'
        $text | Should -Match '  real samples:   95\.0 %'
        $text | Should -Match '8 bits, unsigned\n  scale of each channel:  1, 1, 1\n  offset of each channel: 0, 0, 0'
        $text | Should -Match '8 bits, signed\n  scale of each channel:  128, 128'
    }
}

Describe 'Convert-PyTorchModel.ps1' {
    It 'reads digits with a network from PyTorch' {
        $text = (& "$examples/Convert-PyTorchModel.ps1" -Show 2) -join "`n"
        $text | Should -Match 'float  94\.1 %'
        $text | Should -Match '8/8 +94\.1 %'
        $text | Should -Match 'Read as they are labelled: 941 of 1000'
        $text | Should -Match 'between quantized and Akida: 0\n'
        $text | Should -Match 'The Akida network reads: 6, 0\n'
        $text | Should -Match '@@@'
    }
}
