module etage/quick-app

go 1.24
