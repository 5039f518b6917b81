using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Groundling.Web;

/// <summary>What /openapi/v1.json says besides what the routes and their types say themselves.</summary>
internal static class ApiDescription
{
    public static void Configure(OpenApiOptions options) =>
        options
            .AddSchemaTransformer(
                (schema, context, _) =>
                {
                    if (context.JsonTypeInfo.Type == typeof(Box))
                        DescribeNumbers(schema, 4, "x, y, width, height.");
                    if (context.JsonTypeInfo.Type == typeof(RunLengthMask))
                        DescribeMask(schema);
                    return Task.CompletedTask;
                }
            )
            .AddDocumentTransformer(
                (document, _, _) =>
                {
                    document.Info = new()
                    {
                        Title = "Groundling",
                        Version = typeof(ApiDescription).Assembly.GetName().Version!.ToString(3),
                        Description =
                            "A picture and a caption in, a segmentation mask for every noun phrase out. Errors are application/problem+json (RFC 9457); 'parameter' names the field at fault.",
                    };
                    // HEAD is answered wherever GET is, and needs no words of its own.
                    foreach (var path in document.Paths.Values)
                        path.Operations!.Remove(HttpMethod.Head);
                    var schemas = document.Components!.Schemas!;
                    foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations!.Values))
                        if (
                            operation.RequestBody?.Content is { } content
                            && content.TryGetValue("multipart/form-data", out var form)
                            && form.Schema is OpenApiSchemaReference { Reference.Id: { } name }
                        )
                            form.Schema = AsForm(schemas[name]);
                    return Task.CompletedTask;
                }
            );

    /// <summary>What the converters of boxes and masks write, which no generator can see.</summary>
    private static OpenApiSchema DescribeNumbers(OpenApiSchema schema, int count, string description)
    {
        (schema.Type, schema.Items, schema.Description) = (
            JsonSchemaType.Array,
            new OpenApiSchema { Type = JsonSchemaType.Integer },
            description
        );
        schema.MinItems = schema.MaxItems = count;
        return schema;
    }

    private static void DescribeMask(OpenApiSchema schema)
    {
        (schema.Type, schema.Description) = (JsonSchemaType.Object, "The mask, run-length coded as COCO does it.");
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["size"] = DescribeNumbers(new(), 2, "height, width."),
            ["counts"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "COCO's compressed run lengths." },
        };
        schema.Required = new HashSet<string> { "size", "counts" };
    }

    /// <summary>The same fields as a form sends them: the picture as a file, and phrases as text.</summary>
    private static OpenApiSchema AsForm(IOpenApiSchema body)
    {
        var form = (OpenApiSchema)body.CreateShallowCopy();
        form.Properties = new Dictionary<string, IOpenApiSchema>(body.Properties!)
        {
            ["image"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = "binary",
                Description = "A PNG, JPEG, WebP, GIF or BMP file.",
            },
            ["phrases"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Description =
                    "The phrases to ground instead, parts of the caption, separated by semicolons, 256 at most; the field may be there several times.",
            },
        };
        form.Required = new HashSet<string> { "image" };
        return form;
    }
}
