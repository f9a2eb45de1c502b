// The simulator, for every test here.
@_exported import QuickAccessSimulator
