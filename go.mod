module github.com/amdim/amdim

go 1.26
