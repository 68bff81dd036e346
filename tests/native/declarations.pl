# Prints what a header declares, one thing a line, without comments: enumerators, the fields of each struct, functions.
undef $/;
$_ = <>;
s{/\*.*?\*/}{}gs;
s/^#define \w+_H\n//mg;
my @lines = /^#define .*/mg;
s/^#.*\n//mg;
s/^extern "C" \{\n|^\}\n//mg;
s/\s+/ /g;
s/ ?\( ?/(/g;
for (split /;(?![^{]*\})/) {
    s/^ | $//g;
    if (/^enum \{ ?(.*?),? ?\}$/) {
        push @lines, split /, ?/, $1;
    } elsif (/^typedef struct (\w+) \{ (.*) \} \w+$/) {
        push @lines, map { "$1: $_" } split / ?; ?/, $2;
    } elsif (/./) {
        push @lines, $_;
    }
}
s/ +$// for @lines;
print map { "$_\n" } @lines;
