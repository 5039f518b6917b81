using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Groundling.Tests.Torch;

/// <summary>
/// Reads TorchSharp's own code for what applications must not call: public methods that make a <see cref="Scalar"/>, themselves or by
/// what they call, and do not keep it alive while native code reads it.
/// </summary>
internal static class UnheldScalars
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<int, OpCode> Codes = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF);

    /// <summary>These methods and properties, as documentation comments name them.</summary>
    public static IReadOnlyList<string> Public()
    {
        var types = typeof(Scalar).Assembly.GetTypes();
        var members = types.SelectMany(Members).ToDictionary(member => member, member => Named(member).ToList());
        var callers = members
            .SelectMany(pair => pair.Value.OfType<MethodBase>().Select(called => (Called: Definition(called), Caller: pair.Key)))
            .ToLookup(pair => pair.Called, pair => pair.Caller);
        var found = new HashSet<MethodBase>(
            members.Where(pair => pair.Value.Any(Makes) && !pair.Value.Any(Holds) && !Makes(pair.Key)).Select(pair => pair.Key)
        );
        for (var waiting = new Queue<MethodBase>(found); waiting.TryDequeue(out var member); )
            foreach (var caller in callers[member])
                if (found.Add(caller))
                    waiting.Enqueue(caller);
        return
        [
            .. found
                .Where(member => member.IsPublic && member.DeclaringType!.IsVisible)
                .Select(Id)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Who in an assembly calls one of them, or makes a Scalar itself: "type: what it calls".</summary>
    public static IEnumerable<string> CallsIn(Assembly assembly)
    {
        var refused = Public().ToHashSet();
        return assembly
            .GetTypes()
            .SelectMany(Members)
            .SelectMany(member =>
                Named(member)
                    .OfType<MethodBase>()
                    .Where(called =>
                        called.DeclaringType?.Assembly == typeof(Scalar).Assembly
                        && (Makes(called) || refused.Contains(Id(Definition(called))))
                    )
                    .Select(called => $"{member.DeclaringType!.FullName}: {Id(Definition(called))}")
            );
    }

    private static IEnumerable<MethodBase> Members(Type type) => [.. type.GetMethods(Declared), .. type.GetConstructors(Declared)];

    /// <summary>A conversion, a constructor, or whatever else gives a new one.</summary>
    private static bool Makes(MemberInfo member) =>
        (member is MethodInfo method && method.ReturnType == typeof(Scalar))
        || (member is ConstructorInfo && member.DeclaringType == typeof(Scalar));

    private static bool Holds(MemberInfo member) =>
        member is MethodInfo { Name: nameof(GC.KeepAlive) }
        || (member.Name == nameof(IDisposable.Dispose) && member.DeclaringType == typeof(Scalar));

    /// <summary>What a member's code names: those that it calls or makes delegates of, and those of its iterator.</summary>
    private static IEnumerable<MemberInfo> Named(MethodBase member)
    {
        if (member.GetCustomAttribute<StateMachineAttribute>() is { } machine)
            foreach (var part in Members(machine.StateMachineType))
                yield return part;
        if (member.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;
        var ofType = member.DeclaringType!.GetGenericArguments();
        var ofMethod = member.IsGenericMethod ? member.GetGenericArguments() : [];
        for (var at = 0; at < code.Length; )
        {
            var operation = code[at] == 0xFE ? Codes[0xFE00 | code[at + 1]] : Codes[code[at]];
            at += operation.Size;
            if (operation.OperandType is OperandType.InlineMethod)
                yield return member.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }

    private static MethodBase Definition(MethodBase member)
    {
        var type = member.DeclaringType;
        if (type is { IsConstructedGenericType: true })
            return Members(type.GetGenericTypeDefinition()).First(other => other.MetadataToken == member.MetadataToken);
        return member is MethodInfo { IsConstructedGenericMethod: true } method ? method.GetGenericMethodDefinition() : member;
    }

    private static string Id(MethodBase member)
    {
        var type = member.DeclaringType!.FullName!.Replace('+', '.');
        if (member.IsSpecialName && member.Name.StartsWith("get_", StringComparison.Ordinal))
            return $"P:{type}.{member.Name[4..]}";
        var parameters = string.Join(',', member.GetParameters().Select(parameter => Id(parameter.ParameterType)));
        var arity = member.IsGenericMethod ? $"``{member.GetGenericArguments().Length}" : "";
        var result = member is MethodInfo { Name: "op_Explicit" } cast ? $"~{Id(cast.ReturnType)}" : "";
        return $"M:{type}.{(member.IsConstructor ? "#ctor" : member.Name)}{arity}{(parameters.Length > 0 ? $"({parameters})" : "")}{result}";
    }

    private static string Id(Type type)
    {
        if (type.IsByRef)
            return Id(type.GetElementType()!) + "@";
        if (type.IsArray)
            return $"{Id(type.GetElementType()!)}[]";
        if (type.IsGenericParameter)
            return $"{(type.DeclaringMethod is null ? "`" : "``")}{type.GenericParameterPosition}";
        var name = (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');
        return type.IsGenericType ? $"{name[..name.IndexOf('`')]}{{{string.Join(',', type.GetGenericArguments().Select(Id))}}}" : name;
    }
}
