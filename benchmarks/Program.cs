using AkidaQuant.Benchmarks;
using AkidaQuant.Benchmarks.Scaling;

return args is [LinearPart.ChildVerb, { } count] ? LinearPart.RunChild(count) : Parts.Run(args);
