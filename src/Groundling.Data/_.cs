namespace Groundling.Data;
