# A Pester file of which nothing runs. Pester gives tests with data their names when it comes to them, and to skipped ones it comes at once.
param([Parameter(Mandatory)] [string] $File)

Describe 'skipped' -Skip {
    . $File
}
