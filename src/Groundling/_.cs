namespace Groundling;
