module etage/delay-line

go 1.24
