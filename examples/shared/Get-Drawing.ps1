# Digits side by side: two rows of pixels a line, darker characters for brighter pixels.
function Get-Drawing($Samples) {
    $height, $width, $null = $Samples.SampleShape.ToArray()
    $shades = ' .:-=+*#%@'
    $images = foreach ($i in 0..($Samples.Count - 1)) {
        , $Samples.Values($i)
    }
    for ($row = 0; $row -lt $height; $row += 2) {
        $parts = foreach ($image in $images) {
            $line = for ($column = 0; $column -lt $width; $column++) {
                $brightness = ($image[$row * $width + $column] + $image[($row + 1) * $width + $column]) / 2
                $shades[[int] [Math]::Floor($brightness / 256 * $shades.Length)]
            }
            -join $line
        }
        ($parts -join '   ').TrimEnd()
    }
}
