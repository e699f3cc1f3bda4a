# Pester's assertions, as far as the tests use them.

function Should {
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(ValueFromPipeline)] $ActualValue,
        [Parameter(Position = 0)] [AllowNull()] [AllowEmptyCollection()] [AllowEmptyString()]
        [Alias('ExpectedMessage', 'ExpectedType', 'RegularExpression')] $ExpectedValue,
        [string] $Because,
        [string] $ErrorId,
        [type] $ExceptionType,
        [switch] $PassThru,
        [switch] $Not,
        [switch] $Be,
        [switch] $BeExactly,
        [switch] $BeFalse,
        [switch] $BeGreaterOrEqual,
        [switch] $BeGreaterThan,
        [switch] $BeIn,
        [switch] $BeLessOrEqual,
        [switch] $BeLessThan,
        [switch] $BeLike,
        [switch] $BeNullOrEmpty,
        [switch] $BeOfType,
        [switch] $BeTrue,
        [switch] $Contain,
        [switch] $Exist,
        [switch] $HaveCount,
        [switch] $Match,
        [switch] $Throw
    )

    begin {
        $pesterActual = [System.Collections.Generic.List[object]]::new()
    }
    process {
        $pesterActual.Add($ActualValue)
    }
    end {
        $pesterOperator = @($PSBoundParameters.Keys | Where-Object {
            $_ -notin 'ActualValue', 'ExpectedValue', 'Because', 'ErrorId', 'ExceptionType', 'PassThru', 'Not' -and
            $PSCmdlet.MyInvocation.MyCommand.Parameters[$_].ParameterType -eq [switch] -and
            $_ -notin [System.Management.Automation.PSCmdlet]::CommonParameters
        })
        if ($pesterOperator.Count -ne 1) {
            throw "Should needs one operator, not '$pesterOperator'."
        }

        $pesterReason = if ($Because) { ", because $Because" } else { '' }
        $pesterArguments = @{ Expected = $ExpectedValue; Not = [bool] $Not; Reason = $pesterReason }
        if ($Throw) {
            foreach ($pesterBlock in $pesterActual) {
                $pesterError = Test-PesterThrow $pesterBlock @pesterArguments -ErrorId $ErrorId -ExceptionType $ExceptionType
                if ($PassThru) {
                    $pesterError
                }
            }
        }
        elseif ($pesterOperator[0] -in 'Be', 'BeExactly', 'BeNullOrEmpty', 'Contain', 'HaveCount') {
            Test-PesterValue $pesterOperator[0] $pesterActual.ToArray() @pesterArguments
        }
        else {
            foreach ($pesterValue in @(if ($pesterActual.Count) { $pesterActual } else { , $null })) {
                Test-PesterValue $pesterOperator[0] $pesterValue @pesterArguments
            }
        }
    }
}

function Test-PesterValue {
    param([string] $Operator, $Actual, $Expected, [bool] $Not, [string] $Reason)

    $pesterHolds = switch ($Operator) {
        'Be' { Test-PesterEqual $Actual $Expected $false }
        'BeExactly' { Test-PesterEqual $Actual $Expected $true }
        'BeFalse' { -not $Actual }
        'BeGreaterOrEqual' { $Actual -ge $Expected }
        'BeGreaterThan' { $Actual -gt $Expected }
        'BeIn' { @($Expected) -contains $Actual }
        'BeLessOrEqual' { $Actual -le $Expected }
        'BeLessThan' { $Actual -lt $Expected }
        'BeLike' { $Actual -like $Expected }
        'BeNullOrEmpty' { Test-PesterEmpty $Actual }
        'BeOfType' { $Actual -is $(if ($Expected -is [string]) { $Expected.Trim('[', ']') -as [type] } else { $Expected }) }
        'BeTrue' { [bool] $Actual }
        'Contain' { @($Actual) -contains $Expected }
        'Exist' { $ExecutionContext.SessionState.InvokeProvider.Item.Exists([string] $Actual) }
        'HaveCount' { @($Actual).Count -eq $Expected }
        'Match' { $Actual -match $Expected }
    }
    if ([bool] $pesterHolds -eq $Not) {
        $pesterShown = if ($Actual -is [array] -and $Actual.Count -eq 1) { $Actual[0] } else { $Actual }
        throw "Expected$(if ($Not) { ' not' }) $Operator $(Format-PesterValue $Expected)$Reason, but got $(Format-PesterValue $pesterShown)."
    }
}

function Test-PesterThrow {
    param($Actual, $Expected, [bool] $Not, [string] $Reason, [string] $ErrorId, [type] $ExceptionType)

    if ($Actual -isnot [scriptblock]) {
        throw "Should -Throw takes a script block, but got $(Format-PesterValue $Actual)."
    }

    $pesterError = $null
    try {
        $null = & $Actual
    }
    catch {
        $pesterError = $_
    }

    $pesterHolds = $pesterError -and
        (-not $Expected -or "$pesterError" -like $Expected -or $pesterError.Exception.Message -like $Expected) -and
        (-not $ErrorId -or $pesterError.FullyQualifiedErrorId -like $ErrorId) -and
        (-not $ExceptionType -or $pesterError.Exception -is $ExceptionType)
    if ([bool] $pesterHolds -eq $Not) {
        $pesterWanted = @($Expected, $ErrorId, $ExceptionType | Where-Object { $_ }) -join ', '
        $pesterGot = if ($pesterError) { "$($pesterError.FullyQualifiedErrorId): $pesterError" } else { 'nothing was thrown' }
        throw "Expected$(if ($Not) { ' not' }) Throw $pesterWanted$Reason, but got $pesterGot."
    }
    $pesterError
}

# Arrays are equal when their elements are; one value is an array of one.
function Test-PesterEqual {
    param($Actual, $Expected, [bool] $CaseSensitive)

    $pesterFirst = @($Actual)
    $pesterSecond = @($Expected)
    if ($pesterFirst.Count -ne $pesterSecond.Count) {
        return $false
    }
    for ($pesterIndex = 0; $pesterIndex -lt $pesterFirst.Count; $pesterIndex++) {
        $pesterLeft = $pesterSecond[$pesterIndex]
        $pesterRight = $pesterFirst[$pesterIndex]
        $pesterSame = if ($pesterLeft -is [array] -or $pesterRight -is [array]) {
            Test-PesterEqual $pesterRight $pesterLeft $CaseSensitive
        }
        elseif ($CaseSensitive) {
            $pesterLeft -ceq $pesterRight
        }
        else {
            $pesterLeft -eq $pesterRight
        }
        if (-not $pesterSame) {
            return $false
        }
    }
    $true
}

function Test-PesterEmpty {
    param($Actual)

    if ($Actual.Count -ne 1) {
        return $Actual.Count -eq 0
    }
    $pesterOnly = $Actual[0]
    $null -eq $pesterOnly -or ($pesterOnly -is [string] -and $pesterOnly -eq '') -or
        ($pesterOnly -is [System.Collections.ICollection] -and $pesterOnly -isnot [System.Collections.IDictionary] -and $pesterOnly.Count -eq 0)
}

function Format-PesterValue {
    param($Value)

    if ($null -eq $Value) {
        return '$null'
    }
    if ($Value -is [array]) {
        return '@(' + (@($Value | ForEach-Object { Format-PesterValue $_ }) -join ', ') + ')'
    }
    if ($Value -is [string]) {
        return "'$Value'"
    }
    "$Value"
}
