using NodeGate.Webhook.Reviews;

namespace NodeGate.Webhook.Tests;

public sealed class ObjectPathTests
{
    [Theory]
    [InlineData("$.spec.template.spec", "spec|template|spec")]
    [InlineData("spec.image", "spec|image")]
    [InlineData(".spec.steps[*].image", "spec|steps|*|image")]
    [InlineData("$['my.key'][\"other\"][12]", "my.key|other|12")]
    public void TryParse_Path_HasItsSteps(string text, string steps)
    {
        Assert.True(ObjectPath.TryParse(text, out var path, out _));
        Assert.Equal(steps, string.Join('|', path.Steps.Select(s => s.Name ?? s.Index?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "*")));
    }

    [Theory]
    [InlineData("$", "without steps")]
    [InlineData("", "without steps")]
    [InlineData("$.spec..image", "at character 8")]
    [InlineData("$.spec[?(@.a)]", "at character 7")]
    [InlineData("$.spec[1:2]", "at character 7")]
    [InlineData("$.spec[-1]", "at character 7")]
    [InlineData("$.spec[1234567]", "at character 7")]
    [InlineData("$.spec['a", "at character 7")]
    [InlineData("$.spec['']", "at character 7")]
    [InlineData("$.spec[", "at character 7")]
    [InlineData("$.a b", "at character 4")]
    public void TryParse_WhatNamesNoPlace_SaysWhere(string text, string expected)
    {
        Assert.False(ObjectPath.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_BeyondItsLimits_IsRefused()
    {
        Assert.True(ObjectPath.TryParse(string.Concat(Enumerable.Repeat(".a", ObjectPath.MaxSteps)), out _, out _));
        Assert.False(ObjectPath.TryParse(string.Concat(Enumerable.Repeat(".a", ObjectPath.MaxSteps + 1)), out _, out _));
        Assert.False(ObjectPath.TryParse("$." + new string('a', ObjectPath.MaxLength), out _, out _));
    }
}
