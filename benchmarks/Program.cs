using AkidaQuant.Benchmarks;

return Parts.Run(args);
